// Having the processes of a transport connect to relays now.
#pragma once

#include <string>
#include <vector>

#include "postrelay/known.h"

namespace postrelay {

struct ProbeAnswer {
    health::Record record;
    std::string result;  // "ok", "no answer", or a reason: "connect_timeout"
    bool well = false;
};

// Waits until all are answered, at most for `limit`.
std::vector<ProbeAnswer> probe_all(const std::vector<health::Record>& records,
                                   base::Duration limit);

inline constexpr base::Duration probe_patience = std::chrono::seconds(30);

}  // namespace postrelay
