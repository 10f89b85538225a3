#include "smtp/plan.h"

#include <algorithm>

#include "lib/base/text.h"

namespace smtp {

void Plan::begin() {
    if (!destinations_.empty())
        return;
    destinations_ = nexthop::parse_destinations(nexthop_, options_.rules);
    if (destinations_.empty()) {
        nexthop::Destination none;
        none.defect = "no next hop is configured for this mail";
        destinations_.push_back(std::move(none));
    }
    if (destinations_.front().kind == nexthop::Destination::Kind::socket)
        return;  // what cannot be reached here is no matter of the network
    for (nexthop::Destination& each :
         nexthop::parse_destinations(options_.fallback_relay, options_.rules)) {
        each.fallback = true;
        destinations_.push_back(std::move(each));
    }
}

bool Plan::more() const {
    return destinations_.empty() || looked_up_ < destinations_.size() || next() != nullptr;
}

const nexthop::Destination* Plan::to_look_up() {
    begin();
    if (next() != nullptr || looked_up_ == destinations_.size())
        return nullptr;
    return &destinations_[looked_up_];
}

void Plan::found(nexthop::Site site) {
    ++looked_up_;
    endpoints_ = std::move(site.endpoints);
    // A relay that sends such mail back to us would make a loop of it.
    if (site.ours)
        std::erase_if(destinations_,
                      [](const nexthop::Destination& each) { return each.fallback; });
    looked_up_ = std::min(looked_up_, destinations_.size());
}

// Whether no more of the site at hand may be tried.
bool Plan::exhausted() const {
    if (endpoints_.empty())
        return true;
    size_t addresses = 0;
    size_t sessions = 0;
    for (const Trial& trial : trials_) {
        if (trial.site != site())
            continue;
        ++addresses;
        sessions += trial.reached ? 1 : 0;
    }
    return (options_.address_limit != 0 && addresses >= options_.address_limit) ||
           (options_.session_limit != 0 && sessions >= options_.session_limit);
}

const nexthop::Endpoint* Plan::next() const {
    if (exhausted())
        return nullptr;
    auto at = std::ranges::find_if(
        endpoints_, [this](const nexthop::Endpoint& each) { return untried(site(), each); });
    return at == endpoints_.end() ? nullptr : &*at;
}

const nexthop::Endpoint* Plan::next_of_host(std::string_view host) const {
    if (exhausted())
        return nullptr;
    auto at = std::ranges::find_if(endpoints_, [&](const nexthop::Endpoint& each) {
        return each.host == host && untried(site(), each);
    });
    return at == endpoints_.end() ? nullptr : &*at;
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
    auto given = std::ranges::count(destinations_, false, &nexthop::Destination::fallback);
    return given > 1 || (!options_.relayhost.empty() &&
                         base::equal_nocase(base::trim(nexthop_), options_.relayhost));
}

}  // namespace smtp
