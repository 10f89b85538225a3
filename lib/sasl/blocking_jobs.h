// BlockingJobs runs what may block on threads of its own, for an event loop that must not.
//
// The threads start with the first job, block all signals and speak to the loop by a Doorbell only.
#pragma once

#include <functional>
#include <memory>

#include "lib/base/time.h"
#include "lib/io/task.h"

namespace sasl {

class BlockingJobs {
  public:
    // At most `limit` jobs wait for a thread.
    BlockingJobs(size_t threads, size_t limit);
    // Threads that are in the middle of a job are left to the end of the process.
    ~BlockingJobs();

    // Tells those who wait; ends when its scope is cancelled.
    io::Task<void> run();

    enum class Outcome : uint8_t {
        done,
        too_many,  // it was not begun
        late,      // it is still running, or waits
    };
    // The job must not throw; what it refers to lives as long as it does: it may run later than
    // its waiter waits.
    io::Task<Outcome> perform(std::function<void()> job, base::Duration time_limit);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace sasl
