// What is said of a setting that has no effect here yet.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/parameter.h"

namespace config {

enum class Concern : uint8_t { none, warn, stop };

struct Verdict {
    Concern concern = Concern::none;
    std::string text;  // "NAME = VALUE is not built yet and is ignored", …
};

// `value` and `fallback` (the default) are expanded.
Verdict judge_unbuilt(const Parameter& parameter, std::string_view value,
                      std::string_view fallback);

}  // namespace config
