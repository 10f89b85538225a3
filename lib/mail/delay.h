// Delays as log lines have them.
#pragma once

#include <string>

#include "lib/base/time.h"

namespace mail {

// Seconds with two significant digits and at most two decimals, no zeros at the end: "0.01", "1.3",
// "12", "354"; "0" for nothing and for a clock that went back.
std::string delay_text(base::Duration delay);

}  // namespace mail
