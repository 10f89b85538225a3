// Pattern chooses services of master.cf, their fields or their options: "smtp/inet/chroot".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postconf {

struct Pattern {
    std::vector<std::string> parts;  // one to three; "*" stands for any

    // None for more than `most` parts, or an empty first one.
    static std::optional<Pattern> parse(std::string_view text, size_t most);

    bool matches_service(std::string_view service, std::string_view type) const;
    // Whether the third part, if there is one, stands for `name`.
    bool matches_name(std::string_view name) const;
};

}  // namespace postconf
