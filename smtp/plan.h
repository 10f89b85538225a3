// Plan is where one message may go: the destinations of its next hop in order, with the endpoints
// of the one at hand, and which of them were tried.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/nexthop/options.h"
#include "lib/nexthop/site.h"

namespace smtp {

class Plan {
  public:
    // `options` outlive the plan. Nothing is parsed before a place is asked for: mail over a
    // connection that is there already needs none.
    Plan(std::string_view nexthop, const nexthop::Options& options)
        : nexthop_(nexthop), options_(options) {}

    // A place is left to try, or a destination to look up.
    bool more() const;
    // What must be looked up before next() has an endpoint; null for nothing.
    const nexthop::Destination* to_look_up();
    // What that turned out to be; it is the site at hand from now on.
    void found(nexthop::Site site);
    // The endpoint of the site at hand that comes next; null when all were tried that may be.
    const nexthop::Endpoint* next() const;
    // The same among the addresses of one host.
    const nexthop::Endpoint* next_of_host(std::string_view host) const;
    // The number of the site at hand.
    size_t site() const { return looked_up_ - 1; }

    bool untried(size_t site, const nexthop::Endpoint& endpoint) const;
    void tried(size_t site, const nexthop::Endpoint& endpoint);
    // A tried one was ready for mail.
    void reached(size_t site, const nexthop::Endpoint& endpoint);
    // It is to be tried again: nothing was wrong with it but the connection.
    void forget(size_t site, const nexthop::Endpoint& endpoint);

    // Whether it names a relay that somebody configured: where that cannot be found or is this
    // machine, it is the configuration that is wrong, and mail waits until it is right.
    bool is_configured_relay() const;

  private:
    struct Trial {
        size_t site;
        nexthop::Endpoint endpoint;
        bool reached = false;
        bool is(size_t at, const nexthop::Endpoint& where) const {
            return site == at && endpoint.same_place(where);
        }
    };
    void begin();
    bool exhausted() const;

    std::string nexthop_;
    const nexthop::Options& options_;
    std::vector<nexthop::Destination> destinations_;  // empty before begin()
    size_t looked_up_ = 0;
    nexthop::Endpoints endpoints_;  // of the site at hand
    std::vector<Trial> trials_;
};

}  // namespace smtp
