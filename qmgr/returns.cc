#include "qmgr/returns.h"

#include <algorithm>

#include "lib/base/random.h"
#include "qmgr/log_lines.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

// A count that stands still is not trusted for longer.
constexpr base::Duration look_anyway = 5s;
// What came back so shortly before the first look came back while no qmgr looked.
constexpr base::Duration lately = 10min;
// No more at once than what comes in this time, and so many of a rate without limit.
constexpr double burst_seconds = 0.5;
constexpr size_t at_a_time = 500;
constexpr size_t longest_key = sizeof(health::Detail::key);

bool usable(const health::View& view) {
    using Use = health::View::Use;
    Use use = view.use();
    return !view.barred() && (use == Use::normal || use == Use::slow);
}

// It came back after `limit`, as the record itself says.
bool came_back(const health::View& view, base::Instant limit) {
    return usable(view) && view.reason != health::Reason::none && view.fails == 0 &&
           view.since > limit;
}

double seconds_of(base::Duration time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Returns::Returns(const health::Table* table, Timetable& timetable, Events events)
    : table_(table), timetable_(timetable), events_(std::move(events)) {}

void Returns::look(base::Instant now, base::WallTime wall) {
    if (table_ == nullptr)
        return;
    uint64_t changes = table_->changes();
    bool first = looked_ == base::Instant::min();
    if (!first && changes == seen_ && now - looked_ < look_anyway)
        return;
    seen_ = changes;
    std::set<std::string> gone = down_;
    for (const health::Record& record : table_->all()) {
        health::View view = record.look(now);
        if (view.scope != health::Scope::nexthop)
            continue;
        std::string key = record.names().key;
        gone.erase(key);
        if (came_back(view, first ? now - lately : looked_))
            down_.insert(key);
        note(key, view, now, wall);
    }
    // A record that is no more was not worth keeping: all is well.
    for (const std::string& key : gone)
        back(key, now, wall);
    looked_ = now;
    forget_old(wall);
}

// The table keeps no more than the beginning of a long list. What one login waited for goes with
// all that waits for the next hop.
Hops Returns::named(const std::string& key) const {
    if (size_t mark = key.find(health::login_mark); mark != std::string::npos)
        return {key.substr(0, mark)};
    return key.size() < longest_key ? Hops{key} : timetable_.hops_from(key);
}

void Returns::note(const std::string& key, const health::View& view, base::Instant now,
                   base::WallTime wall) {
    if (usable(view)) {
        if (down_.contains(key))
            back(key, now, wall);
        return;
    }
    down_.insert(key);
    for (const std::string& hop : named(key))
        going_.erase(hop);
}

void Returns::back(const std::string& key, base::Instant now, base::WallTime wall) {
    down_.erase(key);
    for (const std::string& hop : named(key)) {
        back_[hop] = wall;
        events_.resume(hop);
        start(hop, now);
    }
}

void Returns::start(const std::string& hop, base::Instant now) {
    size_t waiting = timetable_.waiting_for(hop);
    if (waiting == 0 && timetable_.unknown() == 0)
        return;
    auto [place, fresh] = going_.try_emplace(hop);
    if (fresh) {
        place->second.counted = now;
        log::returned(hop, waiting);
    }
}

size_t Returns::release(base::Instant now, base::WallTime wall) {
    size_t released = 0;
    for (auto each = going_.begin(); each != going_.end();) {
        released += release_some(each->first, each->second, now, wall);
        // What is not known yet may be for it.
        bool over = timetable_.waiting_for(each->first) == 0 && timetable_.unknown() == 0;
        each = over ? going_.erase(each) : std::next(each);
    }
    return released;
}

// A fifth more or less than the rate each time, so that nothing beats in time with it.
size_t Returns::release_some(const std::string& hop, Going& going, base::Instant now,
                             base::WallTime wall) {
    double rate = events_.rate(hop);
    double jitter = 0.8 + 0.4 * base::random_fraction();
    double elapsed = seconds_of(now - std::exchange(going.counted, now));
    going.credit =
        std::min(going.credit + elapsed * rate * jitter, std::max(1.0, rate * burst_seconds));
    size_t most = rate > 0 ? static_cast<size_t>(going.credit) : at_a_time;
    // What is let go enters its destination later: the room is the same until then.
    size_t released = events_.has_room(hop) ? timetable_.hurry(hop, wall, most) : 0;
    going.credit -= static_cast<double>(rate > 0 ? released : 0);
    return released;
}

bool Returns::is_back_since(const std::string& hop, base::WallTime since) const {
    auto found = back_.find(hop);
    return found != back_.end() && found->second > since && !down_.contains(hop);
}

bool Returns::came_back_since(const Hops& hops, base::WallTime since) const {
    return std::any_of(hops.begin(), hops.end(),
                       [this, since](const std::string& hop) { return is_back_since(hop, since); });
}

void Returns::joined(const Hops& hops, base::WallTime since, base::Instant now) {
    for (const std::string& hop : hops)
        if (is_back_since(hop, since))
            going_.try_emplace(hop, Going{now, 0});
}

// What lies in the future came before the clock was set back: it would be after everything.
void Returns::forget_old(base::WallTime wall) {
    std::erase_if(back_, [wall](const auto& each) {
        return each.second + lately < wall || each.second > wall;
    });
}

}  // namespace qmgr
