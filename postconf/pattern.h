// Pattern chooses services of master.cf, their fields or their options: "smtp/inet/chroot".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postconf {

struct Pattern {
    std::vector<std::string> parts;  // one to three; "*" stands for any

    // Throws config::Error for more than three parts.
    static Pattern parse(std::string_view text);

    bool matches_service(std::string_view service, std::string_view type) const;
    // Whether the third part, if there is one, stands for `name`.
    bool matches_name(std::string_view name) const;
};

}  // namespace postconf
