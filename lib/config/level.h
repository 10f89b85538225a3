// A Level is a compatibility_level: major, major.minor or major.minor.patch.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace config {

struct Level {
    unsigned major_number = 0;
    unsigned minor_number = 0;
    unsigned patch = 0;

    auto operator<=>(const Level&) const = default;
};

// None for any other form.
std::optional<Level> parse_level(std::string_view text);

}  // namespace config
