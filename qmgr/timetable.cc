#include "qmgr/timetable.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace qmgr {

namespace {

uint32_t seconds_of(base::WallTime time) {
    auto since = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
    return static_cast<uint32_t>(std::clamp<int64_t>(since, 0, UINT32_MAX));
}

}  // namespace

Timetable::Timetable() {
    groups_[unknown_group];
    groups_[taken_group];
}

void Timetable::set(const std::string& id, base::WallTime time) {
    auto [found, fresh] = entries_.try_emplace(id);
    Item& item = *found;
    if (!fresh) {
        move(item, time);
        return;
    }
    item.second.time = time;
    // Files say no more at first, and one that waits for longer was mostly put off more often.
    item.second.arrival = seconds_of(time);
    by_time_.push(item);
    join(item, unknown_group);
}

void Timetable::move(Item& item, base::WallTime time) {
    by_time_.remove(item);
    item.second.time = time;
    by_time_.push(item);
}

void Timetable::learn(const std::string& id, base::WallTime arrival, Hops hops) {
    auto found = entries_.find(id);
    if (found == entries_.end())
        return;
    Item& item = *found;
    by_time_.remove(item);
    leave(item);
    item.second.arrival = seconds_of(arrival);
    by_time_.push(item);
    join(item, group_of(std::move(hops)));
}

std::optional<base::WallTime> Timetable::remove(const std::string& id) {
    auto found = entries_.find(id);
    if (found == entries_.end())
        return std::nullopt;
    base::WallTime time = found->second.time;
    by_time_.remove(*found);
    leave(*found);
    entries_.erase(found);
    return time;
}

std::optional<base::WallTime> Timetable::next() const {
    if (by_time_.empty())
        return std::nullopt;
    return by_time_.first().second.time;
}

std::optional<std::pair<base::WallTime, std::string>> Timetable::take_due(base::WallTime now) {
    if (by_time_.empty() || by_time_.first().second.time > now)
        return std::nullopt;
    const Item& item = by_time_.first();
    std::pair<base::WallTime, std::string> due(item.second.time, item.first);
    remove(due.second);
    return due;
}

void Timetable::advance_all(base::WallTime now) {
    for (Item* item : by_time_.items())
        item->second.time = std::min(item->second.time, now);
    by_time_.rebuild();
}

size_t Timetable::waiting_for(std::string_view hop) const {
    auto groups = by_hop_.find(hop);
    size_t count = 0;
    if (groups != by_hop_.end())
        for (uint32_t group : groups->second)
            count += groups_.at(group).members.size();
    return count;
}

// The groups are looked through once, and not for each message: where mail has many recipients
// there may be as many groups as messages.
size_t Timetable::hurry(std::string_view hop, base::WallTime now, size_t most) {
    auto groups = by_hop_.find(hop);
    if (groups == by_hop_.end())
        return 0;
    using Oldest = std::pair<uint32_t, uint32_t>;  // arrival, group
    std::vector<Oldest> heads;
    for (uint32_t group : groups->second)
        heads.emplace_back(groups_.at(group).members.first().second.arrival, group);
    std::priority_queue queue(std::greater<Oldest>(), std::move(heads));
    size_t count = 0;
    for (; count < most && !queue.empty(); ++count) {
        uint32_t group = queue.top().second;
        queue.pop();
        Item& item = groups_.at(group).members.first();
        leave(item);
        move(item, std::min(item.second.time, now));
        if (auto rest = groups_.find(group); rest != groups_.end())
            queue.emplace(rest->second.members.first().second.arrival, group);
    }
    return count;
}

Hops Timetable::hops() const {
    Hops all;
    for (const auto& [hop, groups] : by_hop_)
        all.push_back(hop);
    return all;
}

Hops Timetable::hops_from(std::string_view beginning) const {
    Hops some;
    for (auto each = by_hop_.lower_bound(beginning);
         each != by_hop_.end() && each->first.starts_with(beginning); ++each)
        some.push_back(each->first);
    return some;
}

std::vector<std::string> Timetable::take_unknown(size_t most) {
    std::vector<std::string> taken;
    PlacedHeap<Item, ByAge>& unknown = groups_.at(unknown_group).members;
    while (!unknown.empty() && taken.size() < most) {
        Item& item = unknown.first();
        leave(item);
        join(item, taken_group);
        taken.push_back(item.first);
    }
    return taken;
}

void Timetable::end_learning() {
    PlacedHeap<Item, ByAge>& taken = groups_.at(taken_group).members;
    while (!taken.empty())
        leave(taken.first());
}

void Timetable::join(Item& item, uint32_t group) {
    item.second.group = group;
    if (group != no_group)
        groups_.at(group).members.push(item);
}

// A group that nothing waits in any more is none.
void Timetable::leave(Item& item) {
    uint32_t group = std::exchange(item.second.group, no_group);
    if (group == no_group)
        return;
    PlacedHeap<Item, ByAge>& members = groups_.at(group).members;
    members.remove(item);
    if (members.empty() && group > taken_group)
        drop(group);
}

uint32_t Timetable::group_of(Hops hops) {
    if (hops.empty())
        return no_group;
    std::sort(hops.begin(), hops.end());
    hops.erase(std::unique(hops.begin(), hops.end()), hops.end());
    auto [found, fresh] = by_hops_.try_emplace(hops);
    if (fresh) {
        do
            ++last_group_;
        while (last_group_ <= taken_group || groups_.contains(last_group_));
        found->second = last_group_;
        for (const std::string& hop : hops)
            by_hop_[hop].insert(last_group_);
        groups_[last_group_].hops = std::move(hops);
    }
    return found->second;
}

void Timetable::drop(uint32_t group) {
    auto found = groups_.find(group);
    for (const std::string& hop : found->second.hops) {
        auto groups = by_hop_.find(hop);
        groups->second.erase(group);
        if (groups->second.empty())
            by_hop_.erase(groups);
    }
    by_hops_.erase(found->second.hops);
    groups_.erase(found);
}

}  // namespace qmgr
