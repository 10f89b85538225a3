// Folding makes keys that differ in case only the same, and UTF-8 is checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dict {

enum class Fold : uint8_t {
    none,
    ascii,    // ASCII letters only
    unicode,  // in text that is valid UTF-8 those of other alphabets too
};

std::string fold(std::string_view key, Fold how);
// False where fold() would give the same.
bool needs_fold(std::string_view key, Fold how);

bool valid_utf8(std::string_view text);

// Loads what fold() needs, while the files of the system can still be reached.
void prepare_folding();

}  // namespace dict
