// Expansion of $name, ${name} and $(name) in a value.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace config {

// A '$' that is followed by none of the forms; what() says what was expected.
struct BadExpansion : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// `value` with each reference replaced by what `lookup` gives for its name, as it is; `$$` stands
// for one '$'. Throws BadExpansion, and what `lookup` throws.
std::string expand(std::string_view value,
                   const std::function<std::string(std::string_view)>& lookup);

// The names that `value` refers to.
std::vector<std::string> references(std::string_view value);

}  // namespace config
