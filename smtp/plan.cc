#include "smtp/plan.h"

#include <algorithm>
#include <initializer_list>

#include "lib/base/text.h"
#include "smtp/greeting.h"

namespace smtp {
namespace {

bool has(const std::vector<size_t>& sites, size_t site) {
    return std::ranges::find(sites, site) != sites.end();
}

}  // namespace

// One look over some of the places for the first that will do.
struct Plan::Walk {
    const Plan& plan;
    const Judge& judge;
    const std::vector<size_t>& running;

    std::optional<Step> over(const std::vector<size_t>& group, std::optional<uint16_t> preference,
                             Fitness from, Fitness to) const {
        for (size_t site : group) {
            std::optional<Step> step;
            if (!has(running, site))
                step = at(site, preference, from, to);
            if (step)
                return step;
        }
        return std::nullopt;
    }

    std::optional<Step> at(size_t site, std::optional<uint16_t> preference, Fitness from,
                           Fitness to) const {
        if (!plan.sites_[site]) {
            Fitness name = judge.of_name(site);
            if (name < from || name > to)
                return std::nullopt;
            return Step{Step::What::look_up, site, nullptr, name};
        }
        for (const nexthop::Endpoint& each : *plan.sites_[site]) {
            if ((preference && each.preference != *preference) || !plan.open(site, each))
                continue;
            Fitness as = judge.of(site, each);
            if (as >= from && as <= to)
                return Step{Step::What::go, site, &each, as};
        }
        return std::nullopt;
    }

    // By preference: what is slow there comes before what is less preferred.
    std::optional<Step> down(size_t site) const {
        if (!plan.sites_[site])
            return over({site}, std::nullopt, Fitness::good, Fitness::slow);
        std::optional<uint16_t> last;
        for (const nexthop::Endpoint& each : *plan.sites_[site]) {
            if (last == each.preference)
                continue;
            last = each.preference;
            if (std::optional<Step> step = equals({site}, last))
                return step;
        }
        return std::nullopt;
    }

    std::optional<Step> equals(const std::vector<size_t>& group,
                               std::optional<uint16_t> preference) const {
        std::optional<Step> step = over(group, preference, Fitness::good, Fitness::probe);
        return step ? step : over(group, preference, Fitness::slow, Fitness::slow);
    }
};

void Plan::begin() {
    if (!destinations_.empty())
        return;
    destinations_ = nexthop::parse_destinations(nexthop_, options_.rules);
    if (destinations_.empty()) {
        nexthop::Destination none;
        none.defect = "no next hop is configured for this mail";
        destinations_.push_back(std::move(none));
    }
    // What cannot be reached here is no matter of the network.
    if (destinations_.front().kind != nexthop::Destination::Kind::socket)
        for (nexthop::Destination& each :
             nexthop::parse_destinations(options_.fallback_relay, options_.rules)) {
            each.fallback = true;
            destinations_.push_back(std::move(each));
        }
    sites_.resize(destinations_.size());
}

void Plan::arrange(nexthop::Policy policy, const Order& order) {
    begin();
    groups_ = nexthop::priority_groups(destinations_, policy);
    for (std::vector<size_t>& group : groups_)
        if (group.size() > 1)
            group = order(group);
}

Plan::Step Plan::next(const Judge& judge, Fitness worst, const std::vector<size_t>& running) {
    if (!arranged())
        arrange(nexthop::Policy::failover, [](const std::vector<size_t>& group) { return group; });
    Walk walk{*this, judge, running};
    if (std::optional<Step> step = named(judge))
        return *step;
    for (const std::vector<size_t>& group : groups_) {
        std::optional<Step> step;
        if (group.size() > 1)
            step = walk.equals(group, std::nullopt);
        else if (!has(running, group.front()))
            step = walk.down(group.front());
        if (step)
            return *step;
    }
    for (Fitness last : {Fitness::full, Fitness::held})
        for (const std::vector<size_t>& group : groups_) {
            std::optional<Step> step;
            if (last <= worst)
                step = walk.over(group, std::nullopt, last, last);
            if (step)
                return *step;
        }
    return {};
}

// Looks up one destination after another until the place turns up.
std::optional<Plan::Step> Plan::named(const Judge& judge) {
    if (first_.empty())
        return std::nullopt;
    for (size_t site = 0; site < sites_.size(); ++site) {
        if (!sites_[site] && judge.of_name(site) == Fitness::good)
            return Step{Step::What::look_up, site, nullptr, Fitness::good};
        if (!sites_[site])
            continue;
        for (const nexthop::Endpoint& each : *sites_[site]) {
            Fitness as = judge.of(site, each);
            if (peer_of(each).relay == first_ && open(site, each) && as <= Fitness::full)
                return Step{Step::What::go, site, &each, as};
        }
    }
    first_.clear();
    return std::nullopt;
}

void Plan::found(size_t site, nexthop::Site found) {
    sites_.at(site) = std::move(found.endpoints);
    // A relay that sends such mail back to us would make a loop of it.
    if (found.ours)
        std::erase_if(groups_, [this](const std::vector<size_t>& group) {
            return destinations_[group.front()].fallback;
        });
}

const nexthop::Endpoint* Plan::sibling(const Judge& judge, size_t site,
                                       const nexthop::Endpoint& endpoint) const {
    for (const nexthop::Endpoint& each : *sites_.at(site))
        if (each.host == endpoint.host && each.port() == endpoint.port() && open(site, each) &&
            judge.of(site, each) == Fitness::good)
            return &each;
    return nullptr;
}

bool Plan::has_more(size_t site, Wanted wanted) const {
    return !sites_[site] || std::ranges::any_of(*sites_[site], [&](const auto& each) {
        return (this->*wanted)(site, each);
    });
}

// Before it is arranged, which only who looks for a connection does, all sites are in it.
bool Plan::has_more(Wanted wanted) const {
    if (destinations_.empty())
        return true;
    for (size_t site = 0; site < sites_.size() && groups_.empty(); ++site)
        if (has_more(site, wanted))
            return true;
    for (const std::vector<size_t>& group : groups_)
        for (size_t site : group)
            if (has_more(site, wanted))
                return true;
    return false;
}

bool Plan::more() const {
    return has_more(&Plan::open);
}

bool Plan::more_hosts() const {
    return has_more(&Plan::of_new_host);
}

bool Plan::wholly_down(const Judge& judge) const {
    size_t places = 0;
    for (const std::vector<size_t>& group : groups_) {
        for (size_t site : group) {
            bool known = sites_[site] && !sites_[site]->empty();
            Fitness name = known ? Fitness::held : judge.of_name(site);
            if (!sites_[site] && name == Fitness::good)
                return false;
            places += known || name == Fitness::held ? 1 : 0;
            if (known && std::ranges::any_of(*sites_[site], [&](const auto& each) {
                    return judge.of(site, each) <= Fitness::full;
                }))
                return false;
        }
    }
    return places > 0;
}

Plan::Rank Plan::rank_of(size_t group, const nexthop::Endpoint& endpoint) const {
    return {group, groups_[group].size() > 1 ? uint16_t{0} : endpoint.preference};
}

std::vector<Plan::Place> Plan::equal_to(size_t site, const nexthop::Endpoint& endpoint) const {
    std::vector<Place> equal;
    for (size_t group = 0; group < groups_.size(); ++group) {
        if (!has(groups_[group], site))
            continue;
        for (size_t other : groups_[group]) {
            if (!sites_[other]) {
                equal.push_back({other, nullptr});
                continue;
            }
            for (const nexthop::Endpoint& each : *sites_[other])
                if (rank_of(group, each) == rank_of(group, endpoint))
                    equal.push_back({other, &each});
        }
    }
    return equal;
}

bool Plan::has_equals(size_t site) const {
    return std::ranges::any_of(groups_, [site](const std::vector<size_t>& group) {
        return group.size() > 1 && has(group, site);
    });
}

std::vector<Plan::Place> Plan::better_than(size_t site, const nexthop::Endpoint& endpoint) const {
    std::vector<Place> better;
    for (size_t group = 0; group < groups_.size(); ++group) {
        bool own = has(groups_[group], site);
        size_t own_group = own ? group : groups_.size();
        for (size_t other : groups_[group]) {
            // A relay whose name could not be looked up may be found with the next message.
            bool unknown = !sites_[other] || (sites_[other]->empty() && is_configured_relay(other));
            if (unknown && !own)
                better.push_back({other, nullptr});
            if (unknown)
                continue;
            for (const nexthop::Endpoint& each : *sites_[other])
                if (!own || rank_of(group, each) < rank_of(own_group, endpoint))
                    better.push_back({other, &each});
        }
        if (own)
            break;
    }
    return better;
}

bool Plan::has_room(size_t site) const {
    size_t addresses = 0;
    size_t sessions = 0;
    for (const Trial& trial : trials_) {
        if (trial.site != site)
            continue;
        ++addresses;
        sessions += trial.reached ? 1 : 0;
    }
    return (options_.address_limit == 0 || addresses < options_.address_limit) &&
           (options_.session_limit == 0 || sessions < options_.session_limit);
}

bool Plan::open(size_t site, const nexthop::Endpoint& endpoint) const {
    return untried(site, endpoint) && has_room(site);
}

bool Plan::of_new_host(size_t site, const nexthop::Endpoint& endpoint) const {
    return open(site, endpoint) && std::ranges::none_of(trials_, [&](const Trial& trial) {
               return trial.site == site && base::equal_nocase(trial.endpoint.host, endpoint.host);
           });
}

bool Plan::untried(size_t site, const nexthop::Endpoint& endpoint) const {
    return std::ranges::none_of(trials_,
                                [&](const Trial& trial) { return trial.is(site, endpoint); });
}

void Plan::tried(size_t site, const nexthop::Endpoint& endpoint) {
    if (untried(site, endpoint))
        trials_.push_back({site, endpoint, false});
}

void Plan::reached(size_t site, const nexthop::Endpoint& endpoint) {
    tried(site, endpoint);
    for (Trial& trial : trials_)
        trial.reached = trial.reached || trial.is(site, endpoint);
}

void Plan::forget(size_t site, const nexthop::Endpoint& endpoint) {
    std::erase_if(trials_, [&](const Trial& trial) { return trial.is(site, endpoint); });
}

bool Plan::is_configured_relay() const {
    return configured_ || is_relayhost_or_list();
}

bool Plan::is_configured_relay(size_t site) const {
    return is_configured_relay() || destinations_.at(site).fallback;
}

bool Plan::is_relayhost_or_list() const {
    auto given = std::ranges::count(destinations_, false, &nexthop::Destination::fallback);
    return given > 1 || (!options_.relayhost.empty() &&
                         base::equal_nocase(base::trim(nexthop_), options_.relayhost));
}

}  // namespace smtp
