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

void Transport::add(Destination& destination, const Entry& entry) {
    const std::vector<uint32_t>& recipients = entry.recipients;
    size_t most = limits_.recipients == 0 ? recipients.size() : limits_.recipients;
    std::vector<Entry> entries;
    for (size_t from = 0; from < recipients.size(); from += most) {
        size_t to = std::min(recipients.size(), from + most);
        entries.push_back({entry.message,
                           {recipients.begin() + static_cast<ptrdiff_t>(from),
                            recipients.begin() + static_cast<ptrdiff_t>(to)},
                           entry.configured});
    }
    if (entries.empty())
        return;
    destination.add(*entry.message, std::move(entries));
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
        destination.used = now;
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
    destination.used = now;
    enlist(destination);
}

void Transport::failed(Destination& destination, Suspension suspension) {
    destination.failed(std::move(suspension));
    if (destination.suspended() != nullptr)
        suspended_.insert(&destination);
}

void Transport::suspend(Destination& destination, Suspension suspension) {
    destination.suspend(std::move(suspension));
    suspended_.insert(&destination);
}

Destination* Transport::find(std::string_view nexthop) {
    auto found = destinations_.find(nexthop);
    return found == destinations_.end() ? nullptr : found->second.get();
}

void Transport::resume(Destination& destination) {
    if (suspended_.erase(&destination) == 0)
        return;
    destination.resume();
    enlist(destination);
}

void Transport::forget_idle(const std::set<const Destination*>& in_use, base::Instant before) {
    std::erase_if(destinations_, [&](const auto& each) {
        const Destination& one = *each.second;
        return one.idle() && !one.in_ring && one.used < before && !in_use.contains(&one);
    });
}

std::vector<Transport::Held> Transport::take_waiting(size_t most, bool all) {
    std::vector<Held> held;
    auto take = [&](Destination& destination) {
        while (destination.waiting() > 0 && held.size() < most)
            held.push_back({&destination, destination.take()});
    };
    for (Destination* destination : suspended_)
        take(*destination);
    if (all)
        for (auto& [nexthop, destination] : destinations_)
            take(*destination);
    return held;
}

base::Instant Transport::resume_due(base::Instant now, bool all) {
    base::Instant next = base::never;
    for (auto each = suspended_.begin(); each != suspended_.end();) {
        Destination& destination = **each;
        base::Instant until = destination.suspended()->until;
        if (!all && until > now) {
            next = std::min(next, until);
            ++each;
            continue;
        }
        each = suspended_.erase(each);
        destination.resume();
        enlist(destination);
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
