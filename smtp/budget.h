// Budget is how long the relays of a message may keep it from going out, in one attempt.
//
// A relay that hangs behind a command is not to use up the time of those that would take the
// message. While another one could still be asked, each has a turn: connecting to it, and all
// replies up to the one to DATA or the first BDAT, are to come before that ends. All turns together
// last two budgets: the first is one of them, each later one half of what is left, but a second at
// least. So the second relay is asked after failover_attempt_budget at the latest, and the last one
// before twice that is over, unless there are more than half a dozen.
//
// The last one has no turn: nobody waits behind it, and a server that is slow but works gets mail.
// Nor does a turn cut short the transfer of the content or the wait behind the final dot.
#pragma once

#include <algorithm>

#include "lib/base/time.h"

namespace smtp {

class Budget {
  public:
    // Of an attempt that begins now; `each` is failover_attempt_budget, 0 for no limit.
    Budget(base::Duration each, base::Instant now)
        : over_(each == base::Duration::zero() ? base::never : now + 2 * each) {}

    // The end of the turn of a relay that is asked at `now`.
    base::Instant turn_ends(base::Instant now) const {
        constexpr base::Duration least = std::chrono::seconds(1);
        return over_ == base::never ? over_ : now + std::max((over_ - now) / 2, least);
    }

  private:
    base::Instant over_;
};

}  // namespace smtp
