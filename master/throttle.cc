#include "master/throttle.h"

#include <algorithm>

namespace master {
namespace {

constexpr base::Duration least = base::Duration(1'000'000);

}  // namespace

void Throttle::failed(base::Instant now) {
    // Several workers started together and failing together are one failure.
    if (now < free_at_)
        return;
    delay_ = std::min(most_, delay_ == base::Duration(0) ? least : 2 * delay_);
    free_at_ = now + delay_;
}

void Throttle::succeeded() {
    delay_ = base::Duration(0);
    free_at_ = base::Instant::min();
}

}  // namespace master
