// IdleSessions keeps open connections for a short while, for more mail with the same next hop.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "lib/io/task.h"
#include "smtp/greeting.h"
#include "smtp/job.h"
#include "smtp/options.h"
#include "smtp/session.h"

namespace smtp {

class IdleSessions {
  public:
    // `options` outlive it.
    explicit IdleSessions(const Options& options) : options_(options) {}

    // Whether `session` may carry another message.
    bool reusable(const Session& session) const;
    // Keeps it, or takes leave of it where it is not reusable.
    void put(std::unique_ptr<Session> session);
    // The session used last among those for the next hop of `job` whose host it has not tried; null
    // for none. Those that their servers have closed meanwhile are dropped.
    std::unique_ptr<Session> take(const Job& job);
    size_t size() const;

    // Closes sessions when their time is over; all of them when its scope is cancelled.
    io::Task<void> run();

  private:
    struct Kept {
        std::unique_ptr<Session> session;
        base::Instant until;
    };
    void close_due(base::Instant now);
    base::Instant first_due() const;

    const Options& options_;
    std::map<std::string, std::deque<Kept>> by_nexthop_;  // the oldest first; no empty ones
    io::Event some_;
    io::Scope leaving_;
};

}  // namespace smtp
