// IdleSessions keeps open connections for a short while, for more mail with the same next hop.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "lib/io/task.h"
#include "smtp/greeting.h"
#include "smtp/job.h"
#include "smtp/options.h"
#include "smtp/session.h"

namespace smtp {

// Whether the message is known to have its approach in common with the session, which was opened
// for the same next hop; not where it was for a refused login that a better place was passed over.
bool agree(const Job& job, const Session& session);

class IdleSessions {
  public:
    // `options` outlive it.
    explicit IdleSessions(const Options& options) : options_(options) {}

    // Whether `session` may carry another message.
    bool reusable(const Session& session) const;
    // Keeps it, or takes leave of it where it is not reusable.
    void put(std::unique_ptr<Session> session);
    // The places of those for this next hop, each once; first the one used last.
    std::vector<std::pair<size_t, nexthop::Endpoint>> places(const std::string& nexthop) const;
    // The session used last among those for the next hop of `job` whose host it has not tried, and
    // whose approach it is known to have in common with them; null for none. Those that their
    // servers have closed meanwhile are dropped.
    std::unique_ptr<Session> take(const Job& job);
    // The same of one with `endpoint`, whatever next hop it was used for; under TLS with its host.
    // `found`: how the message is to approach it.
    std::unique_ptr<Session> take_at(const nexthop::Endpoint& endpoint, const FoundApproach& found);
    size_t size() const;

    // Closes sessions when their time is over; all of them when its scope is cancelled.
    io::Task<void> run();

  private:
    struct Kept {
        std::unique_ptr<Session> session;
        base::Instant until;
    };
    using Sessions = std::deque<Kept>;
    using Wanted = std::function<bool(const Session&)>;
    std::unique_ptr<Session> take_from(Sessions& kept, const Wanted& wanted);
    void count_out(const Session& session);
    void close_due(base::Instant now);
    base::Instant first_due() const;

    const Options& options_;
    std::map<std::string, Sessions> by_nexthop_;      // the oldest first; no empty ones
    std::unordered_map<std::string, size_t> counts_;  // of sessions, by address; no zeros
    io::Event some_;
    io::Scope leaving_;
};

}  // namespace smtp
