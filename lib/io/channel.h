// Channel is a bounded queue from tasks that push to tasks that pop.
#pragma once

#include <deque>
#include <limits>
#include <optional>

#include "lib/io/wait_list.h"

namespace io {

template <class T>
class Channel {
  public:
    explicit Channel(size_t capacity = std::numeric_limits<size_t>::max()) : capacity_(capacity) {}

    // False (and nothing kept) when the channel is full or closed.
    bool push(T item) {
        if (closed_ || items_.size() >= capacity_)
            return false;
        items_.push_back(std::move(item));
        poppers_.wake_one();
        return true;
    }
    std::optional<T> try_pop() {
        if (items_.empty())
            return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        return item;
    }
    // What is in it can still be popped; then pop() gives none.
    void close() {
        closed_ = true;
        poppers_.wake_all();
    }
    bool closed() const { return closed_; }
    bool empty() const { return items_.empty(); }
    size_t size() const { return items_.size(); }

    class [[nodiscard]] Pop : public WaitList::Place {
      public:
        Pop(Channel& channel, Instant deadline)
            : WaitList::Place(channel.poppers_, deadline), channel_(channel) {}
        std::optional<T> await_resume() {
            finish();
            return channel_.try_pop();
        }

      private:
        bool begin() override {
            return !channel_.items_.empty() || channel_.closed_ || WaitList::Place::begin();
        }
        Channel& channel_;
    };
    // The next item; none once the channel is closed and empty, or at the deadline. With several
    // poppers one may find that another was quicker, and get none as well.
    Pop pop(Instant deadline = never) { return Pop(*this, deadline); }

  private:
    std::deque<T> items_;
    WaitList poppers_;
    size_t capacity_;
    bool closed_ = false;
};

}  // namespace io
