// Course is the places that one message may go to, as a race asks for them, in the order and with
// the limits that their health calls for.
//
// When none of them is any good, the message waits, but for one in each second and next hop, which
// tries all that are down.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "lib/nexthop/site_lookup.h"
#include "smtp/candidates.h"
#include "smtp/idle_sessions.h"
#include "smtp/job.h"
#include "smtp/options.h"
#include "smtp/standing.h"

namespace smtp {

class Course : public Candidates, private Plan::Judge {
  public:
    // All of it outlives the course.
    Course(Job& job, const Options& options, IdleSessions& idle, nexthop::SiteLookup& sites,
           Relays& relays);

    io::Task<std::optional<Candidate>> next(const std::vector<size_t>& running) override;
    std::optional<Candidate> sibling(const Candidate& candidate) override;
    bool ended(Ended how) override;

    // The winner's, once it is ready for mail: what is known of it, and of those passed over.
    void won(Session& session, const Candidate& candidate, bool kept);
    // The winner is not ready for mail after all.
    void failed(const Candidate& candidate, Trouble trouble);
    // Nobody has won, and the message is still undecided.
    void give_up();

  private:
    class AnyLogin;
    class AnyTls;
    struct Begun {
        size_t site;
        nexthop::Endpoint endpoint;
        base::Instant at;
        Standing standing;
    };

    std::vector<size_t> in_order(const std::vector<size_t>& group) const;
    std::string list_of(size_t site) const;
    std::vector<Standing> equals_of(size_t site, const nexthop::Endpoint& endpoint) const;
    void weigh(size_t site, const nexthop::Endpoint& endpoint) const;

    Fitness of(size_t site, const nexthop::Endpoint& endpoint) const override;
    Fitness of_name(size_t site) const override;

    bool give_up_for_login();
    // Where its approach is not known yet, that of the endpoint alone.
    Standing standing_of(size_t site, const nexthop::Endpoint& endpoint) const;
    Standing standing_of_name(size_t site) const;
    io::Task<void> look_up(size_t site);
    io::Task<std::optional<Candidate>> go(size_t site, nexthop::Endpoint endpoint, Fitness as);
    std::optional<Candidate> start(size_t site, nexthop::Endpoint endpoint, Fitness as);
    bool tries_what_is_down();
    // Whether another relay could be asked beside this one.
    bool others_left(size_t site);
    Begun take_begun(const Candidate& candidate);
    void not_opened(Begun& begun, Trouble trouble, base::Duration after);

    Job& job_;
    const Options& options_;
    IdleSessions& idle_;
    nexthop::SiteLookup& sites_;
    Relays& relays_;
    Standing list_;  // of the whole next hop
    std::vector<Begun> begun_;
    nexthop::Endpoints full_;  // they said so when they were to begin
    bool desperate_ = false;   // has the turn to try what is down
};

}  // namespace smtp
