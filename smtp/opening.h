// Opening a session for a message: at the first place that is ready to talk, under TLS or not.
#pragma once

#include <memory>

#include "lib/io/task.h"
#include "smtp/candidates.h"
#include "smtp/job.h"
#include "smtp/workshop.h"

namespace smtp {

// Null when there is none now: what that means is settled with the job, of which some of its
// recipients or all may be open, or given up where no place was left.
io::Task<std::unique_ptr<Session>> open_session(Job& job, const Workshop& shop);

// A connection to one place and its greeting, without any race.
struct OneTry {
    OneTry() = default;
    std::unique_ptr<Session> session;  // null: see failure
    Ended failure;
};
io::Task<OneTry> try_one(Dialer& dialer, Candidate candidate, const Options& options);

}  // namespace smtp
