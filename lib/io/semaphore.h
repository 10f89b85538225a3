// Semaphore hands out a fixed number of permits, first come, first served.
#pragma once

#include "lib/io/wait_list.h"

namespace io {

class Semaphore {
  public:
    explicit Semaphore(size_t permits) : free_(permits) {}

    bool try_acquire() {
        if (free_ == 0)
            return false;
        --free_;
        return true;
    }
    // A permit goes straight to the one who waits longest.
    void release() {
        if (!waiting_.wake_one())
            ++free_;
    }
    size_t available() const { return free_; }

    class [[nodiscard]] Acquire : public WaitList::Place {
      public:
        Acquire(Semaphore& semaphore, Instant deadline)
            : WaitList::Place(semaphore.waiting_, deadline), semaphore_(semaphore) {}
        // True with a permit, false (and none) at the deadline.
        bool await_resume() { return finish(); }

      private:
        bool begin() override { return semaphore_.try_acquire() || WaitList::Place::begin(); }
        Semaphore& semaphore_;
    };
    Acquire acquire(Instant deadline = never) { return Acquire(*this, deadline); }

  private:
    WaitList waiting_;
    size_t free_;
};

// A permit that was acquired; given back at its end.
class Permit {
  public:
    explicit Permit(Semaphore& semaphore) : semaphore_(semaphore) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { semaphore_.release(); }

  private:
    Semaphore& semaphore_;
};

}  // namespace io
