// Domain names beyond ASCII in the form that DNS and tables have them in (RFC 5890).
#pragma once

#include <string>
#include <string_view>

namespace config {

// The domain in lower case, each label beyond ASCII as "xn--…". A dot in front, as tables have it
// for subdomains, stays. Throws BadExpansion for what can be no domain name in ASCII.
std::string domain_to_ascii(std::string_view domain);

}  // namespace config
