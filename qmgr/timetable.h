// Timetable holds the queue IDs of messages that wait, by the time of their next attempt and by the
// next hops that they wait for.
//
// Most messages wait for one next hop, some for several; those that wait for the same ones are a
// group. All of it is about 130 bytes a message, of which some 30 are for next hops.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lib/base/time.h"
#include "qmgr/placed_heap.h"

namespace qmgr {

// A next hop as the table of health has it: "transport:nexthop".
using Hops = std::vector<std::string>;

class Timetable {
  public:
    Timetable();

    // Adds one whose next hops are not known, or moves one.
    void set(const std::string& id, base::WallTime time);
    // What the message waits for (none: for nothing that could come back) and when it arrived.
    // Nothing for one that does not wait.
    void learn(const std::string& id, base::WallTime arrival, Hops hops);
    // Takes it out; the time that it had, none when it did not wait.
    std::optional<base::WallTime> remove(const std::string& id);
    bool contains(const std::string& id) const { return entries_.contains(id); }
    size_t size() const { return entries_.size(); }

    std::optional<base::WallTime> next() const;
    // Takes out the one that is due first, of several the one that arrived first; none when nothing
    // is due.
    std::optional<std::pair<base::WallTime, std::string>> take_due(base::WallTime now);
    // All of them are due now.
    void advance_all(base::WallTime now);

    // How many wait for this next hop.
    size_t waiting_for(std::string_view hop) const;
    // So many of them are due now, those that arrived first, and count no more as waiting for
    // anything; how many there were.
    size_t hurry(std::string_view hop, base::WallTime now, size_t most);
    // All next hops that something waits for.
    Hops hops() const;
    // Those of them that begin with this.
    Hops hops_from(std::string_view beginning) const;

    // How many there are whose next hops are not known. take_unknown() gives the oldest of them, of
    // which somebody is to learn(), none twice; end_learning() says that no more is to be known of
    // those that were given.
    size_t unknown() const {
        return groups_.at(unknown_group).members.size() + groups_.at(taken_group).members.size();
    }
    std::vector<std::string> take_unknown(size_t most);
    void end_learning();

  private:
    struct Entry {
        base::WallTime time{};
        uint32_t arrival = 0;  // seconds since the epoch; of those unknown: nearly
        uint32_t group = 0;
        uint32_t place_by_time = 0;
        uint32_t place_by_age = 0;
    };
    using Item = std::pair<const std::string, Entry>;
    struct ByTime {
        static bool before(const Item& a, const Item& b) {
            return std::tie(a.second.time, a.second.arrival) <
                   std::tie(b.second.time, b.second.arrival);
        }
        static uint32_t& place(Item& item) { return item.second.place_by_time; }
    };
    struct ByAge {
        static bool before(const Item& a, const Item& b) {
            return a.second.arrival < b.second.arrival;
        }
        static uint32_t& place(Item& item) { return item.second.place_by_age; }
    };
    struct Group {
        Hops hops;
        PlacedHeap<Item, ByAge> members;
    };
    // Of those in no group: they wait for the clock alone.
    static constexpr uint32_t no_group = 0;
    static constexpr uint32_t unknown_group = 1;
    static constexpr uint32_t taken_group = 2;  // the same while they are being learned

    void move(Item& item, base::WallTime time);
    void join(Item& item, uint32_t group);
    void leave(Item& item);
    uint32_t group_of(Hops hops);
    void drop(uint32_t group);

    std::unordered_map<std::string, Entry> entries_;
    PlacedHeap<Item, ByTime> by_time_;
    std::unordered_map<uint32_t, Group> groups_;
    std::map<Hops, uint32_t> by_hops_;
    std::map<std::string, std::set<uint32_t>, std::less<>> by_hop_;
    uint32_t last_group_ = taken_group;
};

}  // namespace qmgr
