// TimerQueue keeps timers in order of their time.
#pragma once

#include <cstddef>
#include <vector>

#include "lib/io/clock.h"

namespace io {

// Derive from it to be told once when its time has come; it leaves its queue when it is destroyed.
class Timer {
  public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    bool armed() const { return queue_ != nullptr; }

  protected:
    virtual ~Timer() { disarm(); }
    virtual void expired() = 0;
    void disarm();

  private:
    friend class TimerQueue;
    class TimerQueue* queue_ = nullptr;
    size_t place_ = 0;
    Instant at_ = never;
};

// A binary heap: arming and disarming cost O(log n), the next time O(1).
class TimerQueue {
  public:
    ~TimerQueue();
    // Arms (or moves) `timer`; `never` disarms it.
    void arm(Timer& timer, Instant at);
    void disarm(Timer& timer);
    Instant next() const { return heap_.empty() ? never : heap_.front()->at_; }
    // Expires every timer that is due; true if there was one.
    bool expire(Instant now);
    size_t size() const { return heap_.size(); }

  private:
    void settle(size_t place);
    void put(size_t place, Timer* timer);

    std::vector<Timer*> heap_;
};

}  // namespace io
