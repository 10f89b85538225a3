// Whether a text is the name of a host, or an address, as clients must give them.
#pragma once

#include <string_view>

namespace smtpd {

// Labels of letters, digits, hyphens (not at their ends) and underscores, at most 63 long, the
// name at most 255; not all of it digits and dots.
bool valid_host_name(std::string_view name);
// "192.0.2.1", "2001:db8::1"
bool valid_address(std::string_view text);
// "[192.0.2.1]", "[IPv6:2001:db8::1]"
bool valid_address_literal(std::string_view text);

}  // namespace smtpd
