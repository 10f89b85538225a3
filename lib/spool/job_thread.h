// JobThread runs jobs that block, in order, for an event loop that must not.
//
// The thread blocks all signals and speaks to the loop by a Doorbell only. Every job posted is run,
// also when its waiter was cancelled or the JobThread is destroyed.
#pragma once

#include <functional>
#include <memory>

#include "lib/io/task.h"

namespace spool {

class JobThread {
  public:
    JobThread();
    ~JobThread();  // finish()
    // Runs what is left, then ends the thread: for an owner whose jobs refer to parts of it that
    // are destroyed before the JobThread. Nothing may be posted after that.
    void finish();

    // Returns when `job` has run on the thread; rethrows what it threw. What the job refers to must
    // live until it has run: give it shared or own state, since the waiter may be cancelled.
    io::Task<void> run(std::function<void()> job);
    // Runs `job` some time later; it must not throw.
    void post(std::function<void()> job);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace spool
