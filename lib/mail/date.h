// Dates as mail headers and log lines have them.
#pragma once

#include <string>

#include "lib/base/time.h"

namespace mail {

// "Sun, 22 Nov 2026 17:52:58 +0100 (CET)", in the local zone (RFC 5322 section 3.3).
std::string rfc5322_date(base::WallTime time);
// "Nov 26 12:00:01", in the local zone, as log lines begin.
std::string log_date(base::WallTime time);

}  // namespace mail
