// What is a host or domain name, by the rules that mail systems go by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dns {

// Which letters a name may have. any: bytes over 127 as well, in a name as its owner writes it
// (RFC 6531); DNS cannot be asked about such a name.
enum class Letters : uint8_t { ascii, any };

// Labels of letters, digits, '_' and inner '-', at most 63 bytes each and 255 in all, no dot at
// either end, and not digits and dots alone.
bool is_domain(std::string_view name, Letters letters = Letters::ascii);
// "192.0.2.1", "2001:db8::1": what stands for itself and is never asked about.
bool is_numeric(std::string_view name);
// Whether `name` is `zone` or below it. Both are in lower case.
bool is_within(std::string_view name, std::string_view zone);
// In lower case, without the dot at the end.
std::string canonical(std::string_view name);

}  // namespace dns
