// The line format of fixed tables: key, white space, value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/dict/table_lines.h"

namespace dict {

struct KeyValue {
    std::string_view key;    // with its quotes: keys are stored in external form
    std::string_view value;  // without white space at its ends
};

// Splits at the first white space outside of double quotes. None, with a warning, where there is no
// key with a value or where quotes are open. `ending` is the end of that warning.
std::optional<KeyValue> split_key_value(const TableLines::Line& line, std::string_view file,
                                        std::string_view ending = " -- ignoring this line");

}  // namespace dict
