// Use is how a parameter uses its tables.
#pragma once

#include <compare>

#include "lib/dict/fold.h"

namespace dict {

struct Use {
    bool fold = true;           // keys are compared without regard to case
    bool substitutions = true;  // $1 in regexp and pcre values; refused where it would be a hole
    // As far as smtputf8_enable allows: keys are UTF-8, no other is in any table, and all letters
    // are folded, not those of ASCII alone.
    bool utf8 = true;
    bool keeps_locks = false;  // from look-up to look-up, until Tables::release_locks()

    Fold folding() const { return !fold ? Fold::none : utf8 ? Fold::unicode : Fold::ascii; }
    auto operator<=>(const Use&) const = default;
};

}  // namespace dict
