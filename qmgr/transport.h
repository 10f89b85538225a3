// Transport is the mail for one delivery service, in a queue for each destination.
//
// Destinations that have something to send stand in a ring and take turns, a request each.
// Nothing here waits, logs or reads a clock.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qmgr/destination.h"

namespace qmgr {

struct TransportLimits {
    WindowLimits window;
    unsigned recipients = 50;  // in one request; 0: any number
    unsigned lane_depth = 3;   // requests outstanding in one lane
};

struct Pick {
    Entry entry;
    Lane* lane;
};

class Transport {
  public:
    Transport(std::string name, const TransportLimits& limits);

    const std::string& name() const { return name_; }
    const TransportLimits& limits() const { return limits_; }
    // After a reload: for windows as they move on from here.
    void set_limits(const TransportLimits& limits) { limits_ = limits; }

    Destination& destination(const std::string& nexthop);
    // What `entry` has waits for `destination` from now on, in as many requests as it takes.
    void add(Destination& destination, const Entry& entry);

    // The next request to send, none when nothing waits or all windows are full. The lane counts it
    // as sent.
    std::optional<Pick> next(base::Instant now);
    // Whether next() might give something.
    bool has_next() const { return !ring_.empty(); }
    // A request is over: the destination may have room again.
    void ended(Lane& lane, base::Instant now);
    // The destination has lanes or an end of its suspension: let it take part again.
    void enlist(Destination& destination);

    // Feedback of a delivery that did not reach the destination.
    void failed(Destination& destination, Suspension suspension);
    // The same where it is known until when nothing reaches it: at once, whatever the window says.
    void suspend(Destination& destination, Suspension suspension);
    // Null for one that has had no mail of late.
    Destination* find(std::string_view nexthop);
    // Ends its suspension, if there is one.
    void resume(Destination& destination);
    // Forgets destinations that have been idle since `before`, with what their windows had learned;
    // but none of those `in_use`.
    void forget_idle(const std::set<const Destination*>& in_use, base::Instant before);
    size_t destinations() const { return destinations_.size(); }

    // Takes out waiting entries of suspended destinations (or of all), at most `most` of them.
    struct Held {
        Destination* destination;
        Entry entry;
    };
    std::vector<Held> take_waiting(size_t most, bool all);
    // Resumes destinations whose time has come (all of them when `all`); the next such time.
    base::Instant resume_due(base::Instant now, bool all = false);

    void drop_agent(const Agent& agent);

  private:
    std::string name_;
    TransportLimits limits_;
    std::map<std::string, std::unique_ptr<Destination>, std::less<>> destinations_;
    std::deque<Destination*> ring_;
    std::set<Destination*> suspended_;
};

}  // namespace qmgr
