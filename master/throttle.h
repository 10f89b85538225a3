// Throttle says when a service may start another process after some ended too early.
//
// Only a process that ends before it is ready counts, unless somebody killed it: 1 s, doubling to
// service_throttle_time. One that was ready shows that the service can work, whatever the process
// dies of later.
#pragma once

#include "lib/base/time.h"

namespace master {

class Throttle {
  public:
    explicit Throttle(base::Duration most) : most_(most) {}

    void limit(base::Duration most) { most_ = most; }
    // A process ended before it was ready.
    void failed(base::Instant now);
    // A process is ready.
    void succeeded();
    // Not before this.
    base::Instant free_at() const { return free_at_; }
    // How long the last failure closes the service.
    base::Duration delay() const { return delay_; }

  private:
    base::Duration most_;
    base::Duration delay_{0};
    base::Instant free_at_ = base::Instant::min();
};

}  // namespace master
