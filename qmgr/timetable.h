// Timetable holds the queue IDs of messages that wait, by the time of their next attempt.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/time.h"

namespace qmgr {

class Timetable {
  public:
    // Adds or moves.
    void set(const std::string& id, base::WallTime time) {
        remove(id);
        by_id_.emplace(id, time);
        by_time_.emplace(time, id);
    }
    void remove(const std::string& id) {
        auto found = by_id_.find(id);
        if (found == by_id_.end())
            return;
        by_time_.erase({found->second, id});
        by_id_.erase(found);
    }
    bool contains(const std::string& id) const { return by_id_.contains(id); }
    std::optional<base::WallTime> next() const {
        if (by_time_.empty())
            return std::nullopt;
        return by_time_.begin()->first;
    }
    // Takes out the one that is due first; none when nothing is due.
    std::optional<std::pair<base::WallTime, std::string>> take_due(base::WallTime now) {
        if (by_time_.empty() || by_time_.begin()->first > now)
            return std::nullopt;
        auto due = *by_time_.begin();
        remove(due.second);
        return due;
    }
    // All of them are due now, in the order they had.
    void advance_all(base::WallTime now) {
        std::vector<std::string> later;
        for (auto each = by_time_.rbegin(); each != by_time_.rend() && each->first > now; ++each)
            later.push_back(each->second);
        for (const std::string& id : later)
            set(id, now);
    }
    size_t size() const { return by_id_.size(); }

  private:
    std::map<std::string, base::WallTime, std::less<>> by_id_;
    std::set<std::pair<base::WallTime, std::string>> by_time_;
};

}  // namespace qmgr
