// Use is how a parameter uses its tables.
#pragma once

#include <compare>

namespace dict {

struct Use {
    bool fold = true;           // keys are compared without regard to case
    bool substitutions = true;  // $1 in regexp and pcre values; refused where it would be a hole
    auto operator<=>(const Use&) const = default;
};

}  // namespace dict
