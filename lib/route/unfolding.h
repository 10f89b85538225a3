// Unfolding finds out which domain a recipient's mail goes to, behind all routing in its local
// part.
//
// As long as the domain is local, it is taken off and the local part is read again: source routes,
// host!user and user%host in it become the address. What is left is local, or another domain's.
#pragma once

#include <string>

#include "lib/route/domains.h"

namespace route {

struct UnfoldOptions {
    std::string myhostname;
    std::string empty_address_recipient;
    bool swap_bangpath = true;
    bool allow_percent_hack = true;
    bool dequoted_address = true;  // looks behind quotes
    bool null_domain = false;      // "user@" is local rather than an error
    bool numeric_domain = false;   // "user@192.0.2.1" is "user@[192.0.2.1]" rather than an error
    bool allow_min_user = false;

    static UnfoldOptions from(const config::Settings& settings);
};

struct Unfolded {
    enum class State : uint8_t { good, bad_syntax, retry };

    State state = State::good;
    std::string address;  // external form
    std::string domain;   // as in `address`
    bool local = false;
    bool routed = false;  // its local part still holds routing: @, ! or %
};

io::Task<Unfolded> unfold(const UnfoldOptions& options, const Domains& domains,
                          std::string_view recipient);

}  // namespace route
