#include <algorithm>

#include "lib/nexthop/policy.h"

namespace nexthop {

PolicyMemory::List& PolicyMemory::list(std::string_view name) {
    auto found = lists_.find(name);
    if (found == lists_.end()) {
        if (lists_.size() >= most_lists_ && !lists_.empty())
            lists_.erase(std::ranges::min_element(
                lists_, {}, [](const auto& each) { return each.second.used; }));
        found = lists_.emplace(name, List()).first;
    }
    found->second.used = ++uses_;
    return found->second;
}

void PolicyMemory::took(std::string_view name, std::string_view relay, base::Instant now) {
    List& known = list(name);
    if (known.relay == relay)
        return;
    known.relay = relay;
    known.since = now;
}

std::string_view PolicyMemory::holder(std::string_view name, base::Duration time,
                                      base::Instant now) const {
    auto found = lists_.find(name);
    if (found == lists_.end() || (time.count() > 0 && now - found->second.since >= time))
        return {};
    return found->second.relay;
}

uint32_t PolicyMemory::next_turn(std::string_view name, Random& random) {
    List& known = list(name);
    if (!known.turn)
        known.turn = static_cast<uint32_t>(random());
    return (*known.turn)++;
}

}  // namespace nexthop
