// Folding makes keys that differ in case only the same.
#pragma once

#include <string>
#include <string_view>

namespace dict {

std::string fold(std::string_view key);
// False where fold() would give the same.
bool needs_fold(std::string_view key);

}  // namespace dict
