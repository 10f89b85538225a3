// Transition is a change of state as the log tells it.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/time.h"

namespace health {

struct Transition {
    std::string label;
    std::string_view from, to;  // "CLOSED", or "DRAIN" of an administrator
    std::string reason;         // a name of the taxonomy; of an administrator: who, then the text
    unsigned fails = 0;
    base::Duration retry_in{0};  // 0: there is nothing to retry
};

// "relay-health: [r1.example]:587/192.0.2.1 CLOSED->OPEN reason=connect_timeout fails=2
// retry_in=5s", on one line, without control characters.
std::string log_line(const Transition& transition);

// "5s", "4.2s", "12m", "90s": the shortest exact text to a tenth of a second.
std::string short_time(base::Duration time);

}  // namespace health
