#include "lib/nexthop/address_memory.h"

#include <algorithm>

namespace nexthop {

void AddressMemory::keep(std::string_view relay, const Endpoints& endpoints, base::Instant now) {
    auto known = relays_.find(relay);
    if (known == relays_.end()) {
        if (relays_.size() >= most_relays_ && !relays_.empty())
            relays_.erase(std::ranges::min_element(
                relays_, {}, [](const auto& each) { return each.second.at; }));
        known = relays_.emplace(relay, Kept()).first;
    }
    known->second = {endpoints, now};
}

Endpoints AddressMemory::recall(std::string_view relay, base::Duration time,
                                base::Instant now) const {
    auto known = relays_.find(relay);
    if (known == relays_.end() || now - known->second.at > time)
        return {};
    Endpoints endpoints = known->second.endpoints;
    for (Endpoint& each : endpoints)
        each.stale = true;
    return endpoints;
}

}  // namespace nexthop
