// Lists with { } around elements that hold white space or commas themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dict {

// The elements of `text` between commas and white space; what stands between { and its } is one
// element or part of one, braces included. An open brace reaches to the end.
std::vector<std::string> split_braced(std::string_view text);

// What is between the { at the start and the } at the end; none where they are not there or do not
// belong together.
std::optional<std::string_view> inside_braces(std::string_view text);

}  // namespace dict
