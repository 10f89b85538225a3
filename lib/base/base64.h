// Base64 (RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

std::string to_base64(std::string_view bytes);
// None for what is not whole: a wrong character, length or padding.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace base
