// Scope is the parent of spawned tasks: none of them outlives it.
//
// join() waits for all of them; a scope with running tasks must be joined before it is destroyed.
// A join behind cancel() is not disturbed by a cancelling of the task that waits: that is thrown at
// its next wait.
// The one form for leaving early:  catch into an exception_ptr, cancel(), join after the catch,
// rethrow.
#pragma once

#include <exception>
#include <memory>
#include <unordered_set>

#include "lib/io/task.h"
#include "lib/io/wait_list.h"

namespace io {

class Scope;

// One spawned task with its strand.
class Root {
  public:
    Root(Scope& scope, Task<void> task);
    void start();
    void destroy();
    void cancel() { strand_.cancel(); }

  private:
    friend class Scope;
    friend void detail::root_ended(Root& root);
    Scope& scope_;
    Task<void> task_;
    Strand strand_;
};

class Scope {
  public:
    Scope() = default;
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

    // Starts `task` in the next turn of the ready list. It owns its arguments by value, or they
    // outlive the scope.
    void spawn(Task<void> task);
    // Throws Cancelled at the pending wait of every task in the scope.
    void cancel();
    size_t running() const { return roots_.size(); }

    class [[nodiscard]] Join : public WaitList::Place {
      public:
        explicit Join(Scope& scope) : WaitList::Place(scope.joiners_, never), scope_(scope) {}
        // Rethrows the first exception of a task that was not Cancelled.
        void await_resume();

      private:
        bool begin() override { return scope_.roots_.empty() || WaitList::Place::begin(); }
        bool undisturbed() const override { return true; }
        bool puts_off_cancelling() const override { return scope_.cancelled_; }
        Scope& scope_;
    };
    Join join() { return Join(*this); }

  private:
    friend class Root;
    void ended(Root& root);

    std::unordered_set<Root*> roots_;
    WaitList joiners_;
    bool cancelled_ = false;  // and tasks of then still run
    std::exception_ptr error_;
};

}  // namespace io
