// The addresses in the value of a header (RFC 5322 section 3.4), with the places they stand at.
//
// The scanner takes whatever comes: what is no address list gives the words of it that could be
// addresses, as old mailers did. Display names, comments and the names of groups are no addresses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mail {

struct HeaderAddress {
    size_t begin = 0;  // in the value: where the address stands, without its < and >
    size_t end = 0;
    std::string address;  // external form: without white space and comments in it
};

// In the order of the value. Source routes stay part of the address; "<>" is none.
std::vector<HeaderAddress> header_addresses(std::string_view value);

// `value` with `addresses[i]` replaced by `instead[i]`; nothing else changes, but that comments
// within a replaced address stand behind it.
std::string replace_addresses(std::string_view value, const std::vector<HeaderAddress>& addresses,
                              const std::vector<std::string>& instead);

}  // namespace mail
