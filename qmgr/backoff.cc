#include "qmgr/backoff.h"

#include <algorithm>

namespace qmgr {

base::Duration backoff(base::Duration age, const BackoffLimits& limits, double fraction) {
    auto most = std::max(limits.minimal, limits.maximal);
    auto delay = std::clamp(age, limits.minimal, most);
    return delay + base::Duration(static_cast<int64_t>(double(delay.count()) * fraction / 10));
}

bool expired(base::Duration age, bool null_sender, const BackoffLimits& limits) {
    return age >= (null_sender ? limits.null_lifetime : limits.lifetime);
}

}  // namespace qmgr
