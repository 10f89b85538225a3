#include "qmgr/transport.h"

#include <algorithm>

namespace qmgr {

Transport::Transport(std::string name, const TransportLimits& limits)
    : name_(std::move(name)), limits_(limits) {}

Destination& Transport::destination(const std::string& nexthop) {
    auto& found = destinations_[nexthop];
    if (!found)
        found = std::make_unique<Destination>(nexthop, limits_.window, limits_.lane_depth);
    return *found;
}

void Transport::add(Destination& destination, Message& message,
                    const std::vector<uint32_t>& recipients) {
    size_t most = limits_.recipients == 0 ? recipients.size() : limits_.recipients;
    std::vector<Entry> entries;
    for (size_t from = 0; from < recipients.size(); from += most) {
        size_t to = std::min(recipients.size(), from + most);
        entries.push_back({&message,
                           {recipients.begin() + static_cast<ptrdiff_t>(from),
                            recipients.begin() + static_cast<ptrdiff_t>(to)}});
    }
    if (entries.empty())
        return;
    destination.add(message, std::move(entries));
    enlist(destination);
}

void Transport::enlist(Destination& destination) {
    if (destination.in_ring || destination.waiting() == 0 || destination.suspended() != nullptr)
        return;
    destination.in_ring = true;
    ring_.push_back(&destination);
}

std::optional<Pick> Transport::next(base::Instant now) {
    while (!ring_.empty()) {
        Destination& destination = *ring_.front();
        ring_.pop_front();
        destination.in_ring = false;
        if (destination.waiting() == 0 || destination.suspended() != nullptr)
            continue;
        Lane* lane = destination.free_lane(now);
        if (lane == nullptr)
            continue;
        Pick pick{destination.take(), lane};
        destination.sent(*lane);
        enlist(destination);
        return pick;
    }
    return std::nullopt;
}

void Transport::ended(Lane& lane, base::Instant now) {
    Destination& destination = lane.destination;
    destination.ended(lane, now);
    enlist(destination);
}

std::vector<Transport::Held> Transport::take_waiting(size_t most, bool all) {
    std::vector<Held> held;
    for (auto& [nexthop, destination] : destinations_) {
        if (!all && destination->suspended() == nullptr)
            continue;
        while (destination->waiting() > 0 && held.size() < most)
            held.push_back({destination.get(), destination->take()});
    }
    return held;
}

base::Instant Transport::resume_due(base::Instant now, bool all) {
    base::Instant next = base::never;
    for (auto& [nexthop, destination] : destinations_) {
        const Suspension* suspension = destination->suspended();
        if (suspension == nullptr)
            continue;
        if (!all && suspension->until > now) {
            next = std::min(next, suspension->until);
            continue;
        }
        destination->resume();
        enlist(*destination);
    }
    return next;
}

void Transport::drop_agent(const Agent& agent) {
    for (auto& [nexthop, destination] : destinations_) {
        destination->drop_lanes(agent);
        enlist(*destination);
    }
}

}  // namespace qmgr
