#include "lib/nexthop/policy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "lib/base/siphash.h"
#include "lib/base/text.h"

namespace nexthop {
namespace {

using Order = std::vector<size_t>;

constexpr std::string_view names[] = {"failover",          "sticky",     "round-robin", "weighted",
                                      "least-outstanding", "hash:sender"};

Order as_listed(const Choice& choice) {
    Order order(choice.contenders.size());
    std::iota(order.begin(), order.end(), size_t{0});
    return order;
}

unsigned weight(const Choice& choice, size_t at) {
    return choice.contenders[at]->weight;
}

Order failover(const Choice& choice, PolicyMemory&, Random&) {
    return as_listed(choice);
}

Order sticky(const Choice& choice, PolicyMemory& memory, Random&) {
    Order order = as_listed(choice);
    std::string_view holder = memory.holder(choice.list, choice.sticky_time, choice.now);
    auto at = std::ranges::find_if(
        order, [&](size_t each) { return choice.contenders[each]->text == holder; });
    if (at != order.end())
        std::rotate(order.begin(), at, at + 1);
    return order;
}

Order round_robin(const Choice& choice, PolicyMemory& memory, Random& random) {
    Order order = as_listed(choice);
    uint32_t turn = memory.next_turn(choice.list, random);
    std::ranges::rotate(order, order.begin() + turn % order.size());
    return order;
}

// One of `from` to the end of `order`, by weight; by chance alone where nobody has any.
Order::iterator draw(const Choice& choice, Order::iterator from, Order::iterator end,
                     Random& random) {
    uint32_t sum = 0;
    for (auto each = from; each != end; ++each)
        sum += weight(choice, *each);
    if (sum == 0)
        return from + std::uniform_int_distribution<long>(0, end - from - 1)(random);
    uint32_t number = std::uniform_int_distribution<uint32_t>(1, sum)(random);
    for (; number > weight(choice, *from); ++from)
        number -= weight(choice, *from);
    return from;
}

Order weighted(const Choice& choice, PolicyMemory&, Random& random) {
    Order order = as_listed(choice);
    for (auto at = order.begin(); at != order.end(); ++at) {
        auto drawn = draw(choice, at, order.end(), random);
        std::rotate(at, drawn, drawn + 1);
    }
    return order;
}

Order least_outstanding(const Choice& choice, PolicyMemory&, Random& random) {
    Order order = as_listed(choice);
    std::ranges::shuffle(order, random);
    // Twice the weight carries twice the sessions.
    auto load = [&](size_t each) {
        unsigned sessions = choice.in_flight ? choice.in_flight(each) : 0;
        unsigned share = weight(choice, each);
        return std::tuple(share == 0, (sessions + 1.0) / std::max(share, 1u));
    };
    std::vector<std::tuple<bool, double>> loads(order.size());
    for (size_t each : order)
        loads[each] = load(each);
    auto is_less = [&](size_t left, size_t right) { return loads[left] < loads[right]; };
    // Those without weight are not among the two that are drawn.
    std::ranges::stable_partition(order, [&](size_t each) { return weight(choice, each) > 0; });
    auto two = order.begin() + std::min<long>(2, static_cast<long>(order.size()));
    std::stable_sort(order.begin(), two, is_less);
    std::stable_sort(two, order.end(), is_less);
    return order;
}

// The key is nobody's secret: all processes, and the next start, must find the same.
constexpr base::HashKey hash_key = {'r', 'e', 'l', 'a', 'y', ' ', 'o', 'f',
                                    ' ', 's', 'e', 'n', 'd', 'e', 'r', '1'};

// Between 0 and 1, neither of them.
double hash_of(std::string_view sender, std::string_view relay) {
    uint64_t hash = base::siphash(hash_key, base::text(base::lower(sender), '\n', relay));
    return (static_cast<double>(hash >> 12) + 0.5) / static_cast<double>(uint64_t{1} << 52);
}

Order hash_sender(const Choice& choice, PolicyMemory&, Random&) {
    Order order = as_listed(choice);
    std::vector<std::tuple<bool, double>> ranks;  // the least first
    for (const Destination* each : choice.contenders) {
        double strength = -std::log(hash_of(choice.sender, base::lower(each->text)));
        ranks.emplace_back(each->weight == 0, strength / std::max<unsigned>(each->weight, 1));
    }
    std::ranges::stable_sort(order, {}, [&](size_t each) { return ranks[each]; });
    return order;
}

using Rule = Order (*)(const Choice&, PolicyMemory&, Random&);
constexpr Rule rules[] = {failover, sticky, round_robin, weighted, least_outstanding, hash_sender};

}  // namespace

std::string_view name_of(Policy policy) {
    return names[static_cast<size_t>(policy)];
}

std::optional<Policy> parse_policy(std::string_view text) {
    const auto* found = std::ranges::find(names, text);
    if (found == std::end(names))
        return std::nullopt;
    return static_cast<Policy>(found - names);
}

std::vector<size_t> order_by(Policy policy, const Choice& choice, PolicyMemory& memory,
                             Random& random) {
    if (choice.contenders.size() < 2)
        return as_listed(choice);
    return rules[static_cast<size_t>(policy)](choice, memory, random);
}

std::vector<std::vector<size_t>> priority_groups(const std::vector<Destination>& destinations,
                                                 Policy policy) {
    std::vector<size_t> order(destinations.size());
    std::iota(order.begin(), order.end(), size_t{0});
    auto rank = [&](size_t each) {
        return std::tuple(destinations[each].fallback, destinations[each].priority.value_or(0));
    };
    std::ranges::stable_sort(order, {}, rank);
    auto alone = [&](size_t each) {
        const Destination& destination = destinations[each];
        return destination.fallback || (policy == Policy::failover && !destination.priority);
    };
    std::vector<std::vector<size_t>> groups;
    for (size_t each : order) {
        bool joins = !groups.empty() && !alone(each) && !alone(groups.back().front()) &&
                     rank(each) == rank(groups.back().front());
        if (joins)
            groups.back().push_back(each);
        else
            groups.push_back({each});
    }
    return groups;
}

}  // namespace nexthop
