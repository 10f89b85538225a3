// Completions brings word of finished work from a thread to the tasks of a loop that wait for it.
//
// There is no task of its own: the first waiter listens to the doorbell for all, and hands that
// duty on when it leaves, also when it is cancelled.
#pragma once

#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "lib/io/doorbell.h"
#include "lib/io/event.h"
#include "lib/io/task.h"

namespace spool {

class Completions {
  public:
    // One piece of work. Its result is written before finish() and read after wait().
    struct Ticket {
        virtual ~Ticket() = default;
        std::exception_ptr error;

      private:
        friend class Completions;
        bool done = false;  // on the loop
        io::Event woken;
    };

    // From the thread.
    void finish(std::shared_ptr<Ticket> ticket);
    void finish(std::span<const std::shared_ptr<Ticket>> tickets);
    // On the loop: returns when the ticket is finished, or throws its error.
    io::Task<void> wait(std::shared_ptr<Ticket> ticket);

  private:
    class Place;
    class Lead;
    void collect();

    io::Doorbell bell_;
    bool led_ = false;
    std::list<Ticket*> waiting_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<Ticket>> finished_;
};

}  // namespace spool
