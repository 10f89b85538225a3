// Clock tells the time; tests wind a ManualClock by hand.
#pragma once

#include "lib/base/time.h"

namespace io {

using base::Duration;
using base::Instant;
using base::never;
using base::WallTime;
using namespace std::chrono_literals;

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() = 0;
    virtual WallTime wall() = 0;
};

class SystemClock : public Clock {
  public:
    Instant now() override { return base::steady_now(); }
    WallTime wall() override { return base::wall_now(); }
};

SystemClock& system_clock();

// Stands still until advanced; starts at an ordinary date.
class ManualClock : public Clock {
  public:
    Instant now() override { return now_; }
    WallTime wall() override { return wall_; }
    void advance(Duration by) {
        now_ += by;
        wall_ += by;
    }
    // Steps the calendar alone, as an administrator or NTP may.
    void step_wall(Duration by) { wall_ += by; }

  private:
    Instant now_{1000s};
    WallTime wall_{1'700'000'000s};
};

}  // namespace io
