// Expansion of the references in a value.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/reference.h"

namespace config {

// `value` with each reference replaced by what it stands for; `$$` stands for one '$'. `lookup`
// gives the values of names, as they are; it is asked only for those that matter. Throws
// BadExpansion, and what `lookup` throws.
std::string expand(std::string_view value,
                   const std::function<std::string(std::string_view)>& lookup);

// The names that `value` refers to, in all branches. Throws BadExpansion.
std::vector<std::string> references(std::string_view value);

}  // namespace config
