#include "lib/spool/completions.h"

namespace spool {

// A waiter's place in the list.
class Completions::Place {
  public:
    Place(Completions& all, Ticket* ticket)
        : all_(all), mine_(all.waiting_.insert(all.waiting_.end(), ticket)) {}
    ~Place() {
        all_.waiting_.erase(mine_);
        if (!all_.led_ && !all_.waiting_.empty())
            all_.waiting_.front()->woken.set();
    }
    Place(const Place&) = delete;

  private:
    Completions& all_;
    std::list<Ticket*>::iterator mine_;
};

// The duty to listen.
class Completions::Lead {
  public:
    explicit Lead(Completions& all) : all_(all) { all_.led_ = true; }
    ~Lead() {
        all_.led_ = false;
        all_.collect();
    }
    Lead(const Lead&) = delete;

  private:
    Completions& all_;
};

void Completions::finish(std::shared_ptr<Ticket> ticket) {
    finish({&ticket, 1});
}

void Completions::finish(std::span<const std::shared_ptr<Ticket>> tickets) {
    bool first;
    {
        std::lock_guard hold(mutex_);
        first = finished_.empty();
        finished_.insert(finished_.end(), tickets.begin(), tickets.end());
    }
    if (first)
        bell_.ring();
}

void Completions::collect() {
    std::vector<std::shared_ptr<Ticket>> finished;
    {
        std::lock_guard hold(mutex_);
        finished.swap(finished_);
    }
    for (const auto& ticket : finished) {
        ticket->done = true;
        ticket->woken.set();
    }
}

io::Task<void> Completions::wait(std::shared_ptr<Ticket> ticket) {
    Place place(*this, ticket.get());
    while (!ticket->done) {
        if (led_) {
            ticket->woken.clear();
            co_await ticket->woken.wait();
        } else {
            Lead lead(*this);
            co_await bell_.wait();
        }
    }
    if (ticket->error)
        std::rethrow_exception(ticket->error);
}

}  // namespace spool
