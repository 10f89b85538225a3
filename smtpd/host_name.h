// Whether a text is the name of a host, or an address, as clients must give them.
#pragma once

#include <string_view>

namespace smtpd {

// A domain; bytes over 127 stand for letters in it.
bool valid_host_name(std::string_view name);
// "192.0.2.1", "2001:db8::1"
bool valid_address(std::string_view text);
// "[192.0.2.1]", "[IPv6:2001:db8::1]"
bool valid_address_literal(std::string_view text);
// The address in one: "192.0.2.1"
std::string_view literal_address(std::string_view text);

}  // namespace smtpd
