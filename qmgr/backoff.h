// When a message that was deferred is tried again, and when it has been tried for long enough.
#pragma once

#include "lib/base/time.h"

namespace qmgr {

struct BackoffLimits {
    base::Duration minimal{300'000'000};            // minimal_backoff_time
    base::Duration maximal{4'000'000'000};          // maximal_backoff_time
    base::Duration lifetime{432'000'000'000};       // maximal_queue_lifetime
    base::Duration null_lifetime{432'000'000'000};  // bounce_queue_lifetime: null senders
};

// How long a message of this age waits: its age, within the limits, and up to a tenth more by
// `fraction` (0 to 1, random), so that what was deferred together does not come back together.
base::Duration backoff(base::Duration age, const BackoffLimits& limits, double fraction);

// Whether a message of this age is given up.
bool expired(base::Duration age, bool null_sender, const BackoffLimits& limits);

}  // namespace qmgr
