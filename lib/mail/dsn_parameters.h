// The values of the DSN parameters of MAIL and RCPT (RFC 3461 section 4), as clients give them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mail {

// "never", or some of success, failure and delay, in any case: bits of Recipient::notify. None for
// anything else.
std::optional<uint32_t> parse_notify(std::string_view list, std::string_view separators = ",");

// "rfc822;user+2Bx@example.com": a type and an address in xtext.
bool valid_orcpt(std::string_view value);

// An identifier in xtext, up to 100 characters long.
bool valid_envid(std::string_view value);

}  // namespace mail
