// Prober sees to the configured relays of this transport that are down, so that their return is
// noticed without mail.
//
// Of all processes the one with a relay's probe lease connects to it every failover_probe_interval,
// hears its greeting, says EHLO, and leaves. What a person wants probed is probed at once. A next
// hop that was wholly down, or whose name led nowhere, is looked at in the same rhythm, and when
// anything changes: qmgr sends its mail when it is well again.
#pragma once

#include <map>
#include <string>

#include "lib/io/scope.h"
#include "lib/io/task.h"
#include "lib/nexthop/site_lookup.h"
#include "smtp/dialer.h"
#include "smtp/options.h"
#include "smtp/relays.h"
#include "smtp/standing.h"

namespace smtp {

class Prober {
  public:
    // All of it outlives the prober; `relays` have a table.
    Prober(Relays& relays, Dialer& dialer, nexthop::SiteLookup& sites, const Options& options)
        : relays_(relays), dialer_(dialer), sites_(sites), options_(options) {}

    // Until its scope is cancelled.
    io::Task<void> run();

  private:
    // What this process remembers of a record that is down.
    struct Watch {
        base::Instant due{};   // of the next look; the beginning of time: not known yet
        bool at_work = false;  // a task sees to it
    };

    void look_around();
    void see_to_endpoint(const health::Record& record, const health::View& view,
                         const health::Names& names, bool wished, Watch& watch);
    void see_to_nexthop(const health::Names& names, bool changed, Watch& watch);
    base::Instant next_time() const;
    io::Task<void> probe(health::Subject subject, uint64_t wish);
    io::Task<FoundApproach> approach_of(std::string key, nexthop::Endpoint endpoint);
    io::Task<void> probe_as(Standing& standing, nexthop::Endpoint endpoint, SharedApproach how,
                            health::Reason& came_of_it);
    void ended(const std::string& key, const Standing& standing, uint64_t wish,
               health::Reason came_of_it);
    void see_to_login(const health::Record& record, const health::View& view,
                      const health::Names& names, bool changed, Watch& watch);
    io::Task<void> revive(std::string key);
    io::Task<void> revive_login(std::string key);
    io::Task<bool> lets_in(std::string nexthop, std::string sender,
                           const nexthop::Destination& destination);
    std::vector<nexthop::Destination> destinations_of(const std::string& as_written) const;
    io::Task<bool> has_place(const nexthop::Destination& destination);

    Relays& relays_;
    Dialer& dialer_;
    nexthop::SiteLookup& sites_;
    const Options& options_;
    std::map<std::string, Watch> watches_;  // by key
    uint64_t changes_ = 0;
    io::Scope tasks_;
};

}  // namespace smtp
