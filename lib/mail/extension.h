// Address extensions: "user+extension@domain".
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mail {

struct ExtensionRules {
    std::string_view delimiters;        // recipient_delimiter; each character is one
    bool owner_request_special = true;  // "owner-list" and "list-request" are whole names
    std::string_view double_bounce_name = "double-bounce";
};

// Where the delimiter stands in `local` (without quotes); none for a name that has no extension,
// or whose part before it would be empty, or that is never split (postmaster, mailer-daemon).
std::optional<size_t> find_extension(std::string_view local, const ExtensionRules& rules);

}  // namespace mail
