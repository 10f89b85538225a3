// Event is a flag that tasks can wait for.
#pragma once

#include "lib/io/wait_list.h"

namespace io {

class Event {
  public:
    void set() {
        set_ = true;
        waiting_.wake_all();
    }
    void clear() { set_ = false; }
    bool is_set() const { return set_; }

    class [[nodiscard]] Waiting : public WaitList::Place {
      public:
        Waiting(Event& event, Instant deadline)
            : WaitList::Place(event.waiting_, deadline), event_(event) {}
        // True when the event was set, false at the deadline.
        bool await_resume() { return finish(); }

      private:
        bool begin() override { return event_.set_ || WaitList::Place::begin(); }
        Event& event_;
    };
    // Goes on when the event is set, or at the deadline.
    Waiting wait(Instant deadline = never) { return Waiting(*this, deadline); }

  private:
    WaitList waiting_;
    bool set_ = false;
};

}  // namespace io
