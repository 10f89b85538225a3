// Wait is the leaf of every chain of tasks: the one place where a coroutine stands still.
//
// A wait ends by wake() (what it waited for has come), by its deadline, or by cancelling. Derived
// classes say in begin() how to be told and in abandon() how not to be told any more.
#pragma once

#include <coroutine>

#include "lib/io/task.h"
#include "lib/io/timer.h"

namespace io {

class Wait : public Timer {
  public:
    bool await_ready() const noexcept { return false; }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle) {
        return suspend(handle, handle.promise().strand);
    }

    // For Strand: ends this wait with Cancelled.
    void cancel();

  protected:
    explicit Wait(Instant deadline = never) : deadline_(deadline) {}

    // Throws Cancelled where the scope was cancelled; true when woken, false at the deadline.
    bool finish();
    // Resumes the task in this turn of the loop; a second call does nothing.
    void wake();
    bool sleeping() const { return sleeping_; }

    // True: what is waited for is here already.
    virtual bool begin() = 0;
    virtual void abandon() = 0;
    // Joins keep waiting in a strand that has already been told of its cancelling.
    virtual bool undisturbed() const { return false; }
    // A wait for what is ending already: the strand is told of its cancelling at its next wait.
    virtual bool puts_off_cancelling() const { return false; }

  private:
    bool suspend(std::coroutine_handle<> handle, Strand* strand);
    void expired() override;
    void leave();

    std::coroutine_handle<> handle_;
    Strand* strand_ = nullptr;
    Instant deadline_;
    bool sleeping_ = false;
    bool cancelled_ = false;
    bool timed_out_ = false;
};

}  // namespace io
