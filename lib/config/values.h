// The values that a parameter can have, read from their text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/parameter.h"

namespace config {

std::optional<bool> parse_flag(std::string_view text);  // yes or no, in any case
// Digits with a unit s, m, h, d or w; without one the unit of `fallback`, which has one.
std::optional<int64_t> parse_seconds(std::string_view text, std::string_view fallback);
// The same in milliseconds, which have a unit too: ms. `unit` is that of digits alone.
std::optional<int64_t> parse_milliseconds(std::string_view text, std::string_view unit);
std::optional<int64_t> parse_size(std::string_view text);  // bytes; 16k, 16M, 16G are 1024s
std::vector<std::string> parse_list(std::string_view text);
bool is_choice(std::string_view text, std::string_view choices);

// What is wrong with the expanded value `text` of `parameter`: "expected …, found …"; none if it
// fits its type and range.
std::optional<std::string> value_problem(const Parameter& parameter, std::string_view text);

}  // namespace config
