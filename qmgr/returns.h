// Returns sees next hops come back in the table of health and lets the mail go that waits for them.
//
// A next hop is back when its record can be used after it could not; its mail is then due at
// `rate` messages a second, the oldest first, as far as its destination has room. What was under
// way when it came back, and fails, is tried once more (came_back_since). Nothing here waits.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "lib/base/time.h"
#include "lib/health/table.h"
#include "qmgr/timetable.h"

namespace qmgr {

class Returns {
  public:
    struct Events {
        // Mail for the next hop is tried again.
        std::function<void(const std::string& hop)> resume;
        // Whether its destination takes another message before long.
        std::function<bool(const std::string& hop)> has_room;
        // Messages a second; 0: any number.
        std::function<double(const std::string& hop)> rate;
    };
    // `table` null: nothing comes back but by release().
    Returns(const health::Table* table, Timetable& timetable, Events events);

    // Looks what has come back or gone.
    void look(base::Instant now, base::WallTime wall);
    // Lets go what may go by now; how many. Whoever calls this while busy() does it several times a
    // second.
    size_t release(base::Instant now, base::WallTime wall);

    // Something is being let go, or will be once it is known what waits for it.
    bool busy() const { return !going_.empty(); }
    // Looking is worth it.
    bool watches() const { return table_ != nullptr; }
    // Has the mail for this next hop go at its rate, whatever the table says.
    void start(const std::string& hop, base::Instant now);
    // Whether a next hop of these came back after `since`.
    bool came_back_since(const Hops& hops, base::WallTime since) const;
    // Mail waits for these since just now, though it was put off at `since`: where one came back in
    // between, it goes at the rate.
    void joined(const Hops& hops, base::WallTime since, base::Instant now);

  private:
    struct Going {
        base::Instant counted{};  // up to here
        double credit = 0;        // messages that may go
    };
    void note(const std::string& key, const health::View& view, base::Instant now,
              base::WallTime wall);
    void back(const std::string& key, base::Instant now, base::WallTime wall);
    Hops named(const std::string& key) const;
    bool is_back_since(const std::string& hop, base::WallTime since) const;
    size_t release_some(const std::string& hop, Going& going, base::Instant now,
                        base::WallTime wall);
    void forget_old(base::WallTime wall);

    const health::Table* table_;
    Timetable& timetable_;
    Events events_;
    uint64_t seen_ = 0;  // of Table::changes()
    base::Instant looked_ = base::Instant::min();
    std::set<std::string> down_;  // keys
    std::map<std::string, Going> going_;
    std::map<std::string, base::WallTime> back_;  // of late
};

}  // namespace qmgr
