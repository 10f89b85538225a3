// WaitList holds the waits of tasks for one thing, in the order they came.
#pragma once

#include <algorithm>
#include <deque>

#include "lib/io/wait.h"

namespace io {

class WaitList {
  public:
    // One place in the list; whoever removes it from the list decides what it got.
    class Place : public Wait {
      public:
        void grant() { wake(); }

      protected:
        Place(WaitList& list, Instant deadline) : Wait(deadline), list_(list) {}
        bool begin() override {
            list_.places_.push_back(this);
            return false;
        }
        void abandon() override { std::erase(list_.places_, this); }

      private:
        WaitList& list_;
    };

    bool empty() const { return places_.empty(); }
    // Wakes the one that waits longest; false when nobody waits.
    bool wake_one() {
        if (places_.empty())
            return false;
        Place* first = places_.front();
        places_.pop_front();
        first->grant();
        return true;
    }
    void wake_all() {
        while (wake_one()) {
        }
    }

  private:
    std::deque<Place*> places_;
};

}  // namespace io
