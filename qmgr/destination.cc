#include "qmgr/destination.h"

#include <algorithm>

namespace qmgr {

namespace {

using namespace std::chrono_literals;

// An agent keeps the connection of an idle lane for 2 s; after that a lane is nothing any more.
constexpr base::Duration lane_idle_time = 1500ms;

uint32_t next_lane_id() {
    static uint32_t last = 0;
    return ++last;
}

}  // namespace

Destination::Destination(std::string nexthop, const WindowLimits& limits, unsigned depth)
    : nexthop_(std::move(nexthop)), window_(limits), by_outstanding_(std::max(1u, depth) + 1) {}

void Destination::add(Message& message, std::vector<Entry> entries) {
    waiting_ += entries.size();
    Job job{&message, {}};
    for (Entry& entry : entries)
        job.entries.push_back(std::move(entry));
    jobs_.push_back(std::move(job));
}

Entry Destination::take() {
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    Entry entry = std::move(job.entries.front());
    job.entries.pop_front();
    --waiting_;
    if (!job.entries.empty())
        jobs_.push_back(std::move(job));
    return entry;
}

unsigned Destination::busy() const {
    return static_cast<unsigned>(lanes_.size() - by_outstanding_[0].size());
}

Lane& Destination::new_lane() {
    lanes_.push_back(std::make_unique<Lane>(next_lane_id(), *this));
    Lane& lane = *lanes_.back();
    lane.place = by_outstanding_[0].size();
    by_outstanding_[0].push_back(&lane);
    return lane;
}

// Idle lanes stand in the order in which they became idle, since only the last is ever taken.
void Destination::drop_idle(base::Instant before) {
    auto& idle = by_outstanding_[0];
    if (idle.empty() || idle.front()->idle_since >= before)
        return;
    std::erase_if(lanes_, [before](const std::unique_ptr<Lane>& lane) {
        return lane->outstanding == 0 && lane->idle_since < before;
    });
    idle.clear();
    for (auto& lane : lanes_)
        if (lane->outstanding == 0)
            idle.push_back(lane.get());
    std::sort(idle.begin(), idle.end(),
              [](Lane* a, Lane* b) { return a->idle_since < b->idle_since; });
    for (size_t i = 0; i < idle.size(); ++i)
        idle[i]->place = i;
}

Lane* Destination::free_lane(base::Instant now) {
    drop_idle(now - lane_idle_time);
    bool room = busy() < window_.size();
    if (room && !by_outstanding_[0].empty())
        return by_outstanding_[0].back();
    if (room)
        return &new_lane();
    for (size_t n = 1; n + 1 < by_outstanding_.size(); ++n)
        if (!by_outstanding_[n].empty())
            return by_outstanding_[n].back();
    return nullptr;
}

void Destination::unlist(Lane& lane) {
    auto& bucket = by_outstanding_[lane.outstanding];
    bucket[lane.place] = bucket.back();
    bucket[lane.place]->place = lane.place;
    bucket.pop_back();
}

void Destination::move(Lane& lane, unsigned outstanding) {
    unlist(lane);
    lane.outstanding = outstanding;
    lane.place = by_outstanding_[outstanding].size();
    by_outstanding_[outstanding].push_back(&lane);
}

void Destination::sent(Lane& lane) {
    move(lane, lane.outstanding + 1);
}

void Destination::ended(Lane& lane, base::Instant now) {
    lane.idle_since = now;
    move(lane, lane.outstanding - 1);
}

void Destination::drop_lanes(const Agent& agent) {
    std::erase_if(lanes_, [&](const std::unique_ptr<Lane>& lane) {
        if (lane->agent != &agent)
            return false;
        if (lane->outstanding > 0) {  // with the agent that had the lane before
            lane->agent = nullptr;
            return false;
        }
        unlist(*lane);
        return true;
    });
}

void Destination::failed(Suspension suspension) {
    if (!suspension_ && window_.failed())
        suspension_ = std::make_unique<Suspension>(std::move(suspension));
}

void Destination::suspend(Suspension suspension) {
    if (suspension_ && suspension_->until >= suspension.until)
        return;
    suspension_ = std::make_unique<Suspension>(std::move(suspension));
}

void Destination::resume() {
    suspension_.reset();
    window_.revive();
}

}  // namespace qmgr
