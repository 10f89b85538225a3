// Destination is the queue of one next hop of one transport, with its concurrency window.
//
// Messages take turns, an entry each, so that one with thousands of recipients delays the others by
// one entry at most. A lane is one connection's worth of requests in order; up to `depth` of them
// are outstanding in each, and up to the window's size of lanes are busy.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/mail/dsn.h"
#include "qmgr/message.h"
#include "qmgr/window.h"

namespace qmgr {

class Agent;
class Destination;

// What becomes one delivery request: some recipients of one message for one destination.
struct Entry {
    Message* message = nullptr;
    std::vector<uint32_t> recipients;  // indices
    bool configured = false;           // as ipc::DeliveryRequest
};

struct Lane {
    Lane(uint32_t number, Destination& to) : id(number), destination(to) {}
    uint32_t id;
    Destination& destination;
    Agent* agent = nullptr;  // null until its first request is sent
    unsigned outstanding = 0;
    base::Instant idle_since{};
    size_t place = 0;  // in the bucket of lanes with as many outstanding
};

// Why mail for a destination is not tried for a while.
struct Suspension {
    std::string reason;
    mail::Dsn dsn{4, 0, 0};
    base::Instant until = base::never;
};

class Destination {
  public:
    Destination(std::string nexthop, const WindowLimits& limits, unsigned depth);

    const std::string& nexthop() const { return nexthop_; }

    void add(Message& message, std::vector<Entry> entries);
    // Waiting entries.
    size_t waiting() const { return waiting_; }
    // The next entry in turn; there must be one.
    Entry take();

    // The lane for the next request: one that was busy a moment ago, a new one while the window has
    // room, else the least busy one; null when all are full.
    Lane* free_lane(base::Instant now);
    void sent(Lane& lane);
    // A request of this lane was reported on (or is lost).
    void ended(Lane& lane, base::Instant now);
    // Forgets all lanes of an agent that is gone, whose own requests have ended. A lane in which an
    // agent before it has requests yet stays, for the next agent.
    void drop_lanes(const Agent& agent);
    unsigned busy() const;
    size_t lanes() const { return lanes_.size(); }

    // Feedback of a delivery: it reached the destination, or did not. suspended() is the answer.
    void succeeded() { window_.succeeded(busy()); }
    void failed(Suspension suspension);
    // Feedback of one who knows that nothing there can be reached before its end.
    void suspend(Suspension suspension);
    // Whether another message would be under way before long.
    bool has_room() const { return !suspension_ && waiting_ < window_.size() * depth(); }
    const Suspension* suspended() const { return suspension_.get(); }
    void resume();
    unsigned window() const { return window_.size(); }

    // Nothing waits, is on its way or is wrong.
    bool idle() const { return waiting_ == 0 && busy() == 0 && !suspension_; }
    base::Instant used{};  // when a request last went to it or came back; for Transport

    // For Transport: whether it stands in the ring of those that have something to send.
    bool in_ring = false;

  private:
    struct Job {
        Message* message;
        std::deque<Entry> entries;
    };
    size_t depth() const { return by_outstanding_.size() - 1; }
    Lane& new_lane();
    void drop_idle(base::Instant before);
    void move(Lane& lane, unsigned outstanding);
    void unlist(Lane& lane);

    std::string nexthop_;
    Window window_;
    std::deque<Job> jobs_;
    size_t waiting_ = 0;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::vector<std::vector<Lane*>> by_outstanding_;  // 0 … depth
    std::unique_ptr<Suspension> suspension_;
};

}  // namespace qmgr
