// What a line of a header section begins: the name of its header, and whose addresses that has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mail {

// The name of the header in `line`; "" where it is no header (RFC 5322 section 2.2, and white space
// before the colon, which section 4.5 still allows).
std::string_view header_name(std::string_view line);

// Whose addresses a header has, so far as they are rewritten; the Resent- forms are like the
// others.
enum class Addresses : uint8_t { none, of_senders, of_recipients };
Addresses addresses_in(std::string_view name);

// A header with more bytes than this is not rewritten.
inline constexpr size_t longest_rewritten = 102400;

}  // namespace mail
