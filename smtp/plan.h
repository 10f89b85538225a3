// Plan is where one message may go, in order, and which of these places were tried.
//
// The destinations of the next hop are in groups, by priority: the next group's turn comes when
// none of this one is fit. Within a group all are as good as each other, but for their order; a
// group of one destination is ordered by the preferences of its mail exchangers instead. What is
// slow comes after its equals, what is full after everything. What is down, or was not to be found
// not long ago, is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/nexthop/options.h"
#include "lib/nexthop/policy.h"
#include "lib/nexthop/site.h"
#include "smtp/fitness.h"

namespace smtp {

class Plan {
  public:
    // Who knows how the places are.
    class Judge {
      public:
        virtual ~Judge() = default;
        virtual Fitness of(size_t site, const nexthop::Endpoint& endpoint) const = 0;
        // Whether it is worth a look-up: held if that failed not long ago.
        virtual Fitness of_name(size_t site) const = 0;
    };
    struct Step {
        enum class What : uint8_t { none, look_up, go };
        What what = What::none;
        size_t site = 0;
        const nexthop::Endpoint* endpoint = nullptr;  // to go to; good until the next found()
        Fitness as = Fitness::good;
    };

    // `options` outlive the plan. Nothing is parsed before a place is asked for: mail over a
    // connection that is there already needs none. `configured`: somebody chose the next hop, it is
    // not the recipient's own domain. `first`: what log lines call the place to be asked first.
    Plan(std::string_view nexthop, const nexthop::Options& options, bool configured = false,
         std::string_view first = {})
        : nexthop_(nexthop), options_(options), configured_(configured), first_(first) {}

    // Sets the order of the destinations: in groups by priority, each as `order` has it. Before
    // anything else is asked; next() does it by the list's own order where nobody has.
    using Order = std::function<std::vector<size_t>(const std::vector<size_t>& group)>;
    void arrange(nexthop::Policy policy, const Order& order);
    bool arranged() const { return !groups_.empty(); }
    // What comes next, of places no worse than `worst` and of none of the destinations `running`.
    Step next(const Judge& judge, Fitness worst, const std::vector<size_t>& running);
    // What a destination turned out to be.
    void found(size_t site, nexthop::Site found);
    // Another address of the same host and port, to be tried beside it.
    const nexthop::Endpoint* sibling(const Judge& judge, size_t site,
                                     const nexthop::Endpoint& endpoint) const;

    // Reads the next hop, if nothing was asked before.
    void begin();
    // From then on.
    const nexthop::Destination& destination(size_t site) const { return destinations_.at(site); }
    // A place is left that was not tried, fit or not.
    bool more() const;
    // The same of a host none of whose addresses was tried.
    bool more_hosts() const;
    // None of the places is any good now, tried or not; there is at least one.
    bool wholly_down(const Judge& judge) const;
    struct Place {
        size_t site = 0;
        const nexthop::Endpoint* endpoint = nullptr;  // null: of a destination not looked up
    };
    // Whether other destinations are as good for the message as this one.
    bool has_equals(size_t site) const;
    // The places that are as good for the message as this one, which is one of them.
    std::vector<Place> equal_to(size_t site, const nexthop::Endpoint& endpoint) const;
    // The places that would have been better for the message than this one.
    std::vector<Place> better_than(size_t site, const nexthop::Endpoint& endpoint) const;

    bool untried(size_t site, const nexthop::Endpoint& endpoint) const;
    void tried(size_t site, const nexthop::Endpoint& endpoint);
    // A tried one was ready for mail.
    void reached(size_t site, const nexthop::Endpoint& endpoint);
    // It is to be tried again: nothing was wrong with it but the connection.
    void forget(size_t site, const nexthop::Endpoint& endpoint);

    // Whether it names a relay that somebody configured: where that cannot be found or is this
    // machine, it is the configuration that is wrong, and mail waits until it is right.
    bool is_configured_relay() const;
    // The same of one of its destinations.
    bool is_configured_relay(size_t site) const;
    // Configured by relayhost or in a list of several: what Postfix takes for such.
    bool is_relayhost_or_list() const;
    const std::string& nexthop() const { return nexthop_; }
    // The place to be asked first, and no other as long as that is fit; "" for none.
    const std::string& first() const { return first_; }

  private:
    struct Trial {
        size_t site;
        nexthop::Endpoint endpoint;
        bool reached = false;
        bool is(size_t at, const nexthop::Endpoint& where) const {
            return site == at && endpoint.same_place(where);
        }
    };
    struct Rank {
        size_t group = 0;
        uint16_t preference = 0;
        auto operator<=>(const Rank&) const = default;
    };
    class Walk;

    std::optional<Step> named(const Judge& judge);
    Rank rank_of(size_t group, const nexthop::Endpoint& endpoint) const;
    bool open(size_t site, const nexthop::Endpoint& endpoint) const;
    bool of_new_host(size_t site, const nexthop::Endpoint& endpoint) const;
    using Wanted = bool (Plan::*)(size_t site, const nexthop::Endpoint& endpoint) const;
    bool has_more(size_t site, Wanted wanted) const;
    bool has_more(Wanted wanted) const;
    bool has_room(size_t site) const;

    std::string nexthop_;
    const nexthop::Options& options_;
    bool configured_;
    std::string first_;
    std::vector<nexthop::Destination> destinations_;        // empty before begin()
    std::vector<std::optional<nexthop::Endpoints>> sites_;  // none: not looked up yet
    std::vector<std::vector<size_t>> groups_;
    std::vector<Trial> trials_;
};

}  // namespace smtp
