#include "lib/dict/fold.h"

#include <algorithm>

#include "lib/base/text.h"

namespace dict {

std::string fold(std::string_view key) {
    return base::lower(key);
}

bool needs_fold(std::string_view key) {
    return std::ranges::any_of(key, [](char c) { return (c >= 'A' && c <= 'Z') || (c & 0x80); });
}

}  // namespace dict
