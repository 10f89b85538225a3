// The format of aliases(5): "name: value, value".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postmap {

struct Alias {
    std::string name;   // without quotes
    std::string value;  // its words and signs, with one space where any is needed
};

// One logical line. None for what is none, with a warning behind `where` ("FILE, line N").
std::optional<Alias> parse_alias(std::string_view line, std::string_view where);

}  // namespace postmap
