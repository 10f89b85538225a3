// Loop runs the coroutines of one thread: those that are ready, timers that are due, descriptors
// that can be read or written (by libevent).
//
// The newest Loop of a thread is io::loop(). It outlives every task, timer and descriptor on it.
#pragma once

#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "lib/io/clock.h"
#include "lib/io/timer.h"

struct event_base;

namespace io {

class Root;

class Loop {
  public:
    explicit Loop(Clock& clock = system_clock());
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // Runs until stop(); what is ready at that moment is not run any more.
    void run();
    void stop() { stopped_ = true; }
    // For tests: runs what is ready, due or readable until nothing is.
    void run_until_idle();

    // The time as it was when this turn began.
    Instant now() const { return now_; }
    WallTime wall() const { return wall_; }

    // `hook` runs before the loop sleeps and at least every thousand resumptions.
    void at_turn_end(std::function<void()> hook) { hooks_.push_back(std::move(hook)); }

    // For the waits of this library.
    void post(std::coroutine_handle<> handle) { ready_.push_back(handle); }
    void reap(Root& root) { ended_.push_back(&root); }
    TimerQueue& timers() { return timers_; }
    event_base* base() { return base_; }

  private:
    struct Pulse;

    bool run_ready();
    void read_clock();
    void end_turn();
    Instant sleep_until() const;
    void poll(Instant until);

    Clock& clock_;
    event_base* base_;
    std::unique_ptr<Pulse> pulse_;
    TimerQueue timers_;
    std::deque<std::coroutine_handle<>> ready_;
    std::vector<Root*> ended_;
    std::vector<std::function<void()>> hooks_;
    Instant now_;
    WallTime wall_;
    bool stopped_ = false;
    Loop* outer_;
};

// This thread's loop; there must be one.
Loop& loop();

}  // namespace io
