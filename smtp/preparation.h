// Preparation finds out what must be known of a message before it goes to a server, for one message
// at hand or, beside the one that is under way, for the next.
#pragma once

#include "lib/io/scope.h"
#include "lib/io/task.h"
#include "smtp/job.h"
#include "smtp/session.h"
#include "smtp/workshop.h"

namespace smtp {

class Preparation {
  public:
    explicit Preparation(const Workshop& shop) : shop_(shop) {}

    // The settings of its next hop and what servers are shown of it. Where that cannot be found out
    // the message is deferred.
    io::Task<void> show(Job& job);

    // Sees to it that `job` may follow over the session, which outlives the call; waits for nothing
    // that others have to tell, but goes on with that until join(). One job at a time: more are
    // left alone. It outlives its preparation.
    io::Task<void> begin(Job& job, const Session& session);
    // The turn of `job` has come.
    io::Task<void> join(const Job& job);
    // Nobody's turn comes any more.
    io::Task<void> stop();

  private:
    io::Task<void> run(Job& job, bool approach_too, size_t site, nexthop::Endpoint endpoint);

    Workshop shop_;
    io::Scope beside_;
    const Job* prepared_ = nullptr;  // in that scope
};

}  // namespace smtp
