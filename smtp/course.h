// Course is the places that one message may go to, as a race asks for them.
#pragma once

#include <optional>
#include <vector>

#include "lib/nexthop/site_lookup.h"
#include "smtp/candidates.h"
#include "smtp/idle_sessions.h"
#include "smtp/job.h"
#include "smtp/options.h"

namespace smtp {

class Course : public Candidates {
  public:
    // All of it outlives the course.
    Course(Job& job, const Options& options, IdleSessions& idle, nexthop::SiteLookup& sites)
        : job_(job), options_(options), idle_(idle), sites_(sites) {}

    io::Task<std::optional<Candidate>> next(const std::vector<size_t>& running) override;
    std::optional<Candidate> sibling(const Candidate& candidate) override;
    bool ended(Ended how) override;

  private:
    io::Task<void> look_up(const nexthop::Destination& destination);
    Candidate take(const nexthop::Endpoint& endpoint);

    Job& job_;
    const Options& options_;
    IdleSessions& idle_;
    nexthop::SiteLookup& sites_;
};

}  // namespace smtp
