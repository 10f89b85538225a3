// Policies: exact orders where there is no chance, shares where there is.
#include "lib/nexthop/policy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/base/text.h"

namespace {

using namespace std::chrono_literals;
using nexthop::Destination;
using nexthop::Policy;

nexthop::DestinationRules rules() {
    nexthop::DestinationRules made;
    made.services = config::ServicePorts("smtp=25, submission=587", "main.cf", "/nonexistent");
    return made;
}

// Relays as configured, with what a policy remembers of them.
class Relays {
  public:
    explicit Relays(std::string_view list)
        : destinations_(nexthop::parse_destinations(list, rules())) {
        choice_.list = list;
        choice_.sticky_time = 600s;
        choice_.now = base::Instant(1000s);
        for (const Destination& each : destinations_)
            choice_.contenders.push_back(&each);
    }
    // The hosts in the order to try: "abc".
    std::string order(Policy policy) {
        std::string hosts;
        for (size_t place : nexthop::order_by(policy, choice_, memory_, random_))
            hosts += choice_.contenders[place]->host;
        return hosts;
    }
    // How often each place comes first in `tries`.
    std::vector<double> shares(Policy policy, int tries) {
        std::vector<double> counts(choice_.contenders.size());
        for (int i = 0; i < tries; ++i)
            counts[nexthop::order_by(policy, choice_, memory_, random_).front()] += 1.0 / tries;
        return counts;
    }
    nexthop::Choice& choice() { return choice_; }
    nexthop::PolicyMemory& memory() { return memory_; }

  private:
    std::vector<Destination> destinations_;
    nexthop::Choice choice_;
    nexthop::PolicyMemory memory_{2};
    nexthop::Random random_{7};
};

TEST(Policy, HasANameThatIsRead) {
    for (const char* name :
         {"failover", "sticky", "round-robin", "weighted", "least-outstanding", "hash:sender"}) {
        std::optional<Policy> policy = nexthop::parse_policy(name);
        ASSERT_TRUE(policy) << name;
        EXPECT_EQ(nexthop::name_of(*policy), name);
    }
    for (const char* none : {"", "Failover", "hash", "round robin"})
        EXPECT_FALSE(nexthop::parse_policy(none)) << none;
}

TEST(Policy, EachOrderHasEveryRelayOnce) {
    for (int i = 0; i < 6; ++i) {
        for (const char* list : {"", "[a]", "[a], [b]", "[a];weight=0, [b];weight=0, [c], [d]"}) {
            Relays relays(list);
            std::string order = relays.order(static_cast<Policy>(i));
            std::ranges::sort(order);
            EXPECT_EQ(order, std::string("abcd").substr(0, relays.choice().contenders.size()));
        }
    }
}

TEST(Policy, FailoverKeepsTheOrder) {
    Relays relays("[a], [b], [c]");
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(relays.order(Policy::failover), "abc");
}

TEST(Policy, StickyStaysWithWhoTookOver) {
    Relays relays("[a], [b], [c]");
    auto took = [&](const char* relay) {
        relays.memory().took(relays.choice().list, relay, relays.choice().now);
    };
    EXPECT_EQ(relays.order(Policy::sticky), "abc");
    took("[b]");
    EXPECT_EQ(relays.order(Policy::sticky), "bac");
    relays.choice().now += 599s;
    took("[b]");  // it holds since the first time
    EXPECT_EQ(relays.order(Policy::sticky), "bac");
    relays.choice().now += 1s;
    EXPECT_EQ(relays.order(Policy::sticky), "abc");
    took("[c]");
    EXPECT_EQ(relays.order(Policy::sticky), "cab");
    relays.choice().sticky_time = 0s;
    relays.choice().now += 100000s;
    EXPECT_EQ(relays.order(Policy::sticky), "cab");
    took("[gone]");
    EXPECT_EQ(relays.order(Policy::sticky), "abc");
}

TEST(Policy, RoundRobinGoesAround) {
    Relays relays("[a], [b], [c]");
    std::string firsts;
    for (int i = 0; i < 6; ++i) {
        std::string order = relays.order(Policy::round_robin);
        EXPECT_TRUE(std::string("abcab").find(order) != std::string::npos) << order;
        firsts += order.front();
    }
    EXPECT_TRUE(std::string("abcabcab").find(firsts) != std::string::npos) << firsts;
}

TEST(Policy, WeightsAreShares) {
    Relays relays("[a];weight=1, [b];weight=3, [c];weight=6, [d];weight=0");
    std::vector<double> shares = relays.shares(Policy::weighted, 20000);
    const double expected[] = {0.1, 0.3, 0.6, 0};
    for (size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(shares[i], expected[i], 0.015) << i;
    // What c cannot take is shared as the others' weights say; d is the last resort.
    int second_b = 0, c_first = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string order = relays.order(Policy::weighted);
        EXPECT_EQ(order.back(), 'd');
        c_first += order.front() == 'c';
        second_b += order.starts_with("cb");
    }
    EXPECT_NEAR(double(second_b) / c_first, 0.75, 0.02);
}

TEST(Policy, LeastOutstandingIsTheLessBusyOfTwo) {
    Relays relays("[a], [b], [c], [d];weight=0");
    std::vector<unsigned> sessions = {9, 5, 1, 0};
    relays.choice().in_flight = [&](size_t place) { return sessions[place]; };
    std::vector<double> shares = relays.shares(Policy::least_outstanding, 20000);
    // Of the three pairs c wins two, b one, a none.
    const double expected[] = {0, 1.0 / 3, 2.0 / 3, 0};
    for (size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(shares[i], expected[i], 0.015) << i;
    EXPECT_EQ(relays.order(Policy::least_outstanding).back(), 'd');
    Relays two("[a];weight=1, [b];weight=3");
    two.choice().in_flight = [](size_t place) { return place == 0 ? 2u : 6u; };
    EXPECT_EQ(two.order(Policy::least_outstanding), "ba");
    two.choice().in_flight = [](size_t place) { return place == 0 ? 2u : 9u; };
    EXPECT_EQ(two.order(Policy::least_outstanding), "ab");
    two.choice().in_flight = nullptr;
    EXPECT_EQ(two.order(Policy::least_outstanding), "ba");
}

std::string sender(int number) {
    return base::text("user", number, "@example.org");
}

TEST(Policy, ASenderHasItsRelay) {
    Relays relays("[a], [b];weight=2, [c], [d];weight=0");
    std::vector<double> shares(3);
    for (int i = 0; i < 8000; ++i) {
        std::string name = sender(i);
        relays.choice().sender = name;
        std::string order = relays.order(Policy::hash_sender);
        EXPECT_EQ(order, relays.order(Policy::hash_sender));
        EXPECT_EQ(order.back(), 'd');
        shares.at(size_t(order.front() - 'a')) += 1.0 / 8000;
    }
    const double expected[] = {0.25, 0.5, 0.25};
    for (size_t i = 0; i < 3; ++i)
        EXPECT_NEAR(shares[i], expected[i], 0.02) << i;
    relays.choice().sender = "User1@Example.ORG";
    std::string upper = relays.order(Policy::hash_sender);
    relays.choice().sender = "user1@example.org";
    EXPECT_EQ(relays.order(Policy::hash_sender), upper);
}

TEST(Policy, ARelayThatLeavesMovesItsOwnSendersOnly) {
    Relays all("[a], [b], [c]"), without("[a], [c]"), heavier("[a], [b];weight=9, [c]");
    for (int i = 0; i < 2000; ++i) {
        std::string name = sender(i);
        all.choice().sender = without.choice().sender = heavier.choice().sender = name;
        std::string order = all.order(Policy::hash_sender);
        char kept = order.front() == 'b' ? order[1] : order[0];
        EXPECT_EQ(without.order(Policy::hash_sender).front(), kept);
        char now = heavier.order(Policy::hash_sender).front();
        EXPECT_TRUE(now == 'b' || now == order.front());
    }
}

TEST(PolicyMemory, ForgetsTheListThatWasUsedLongestAgo) {
    nexthop::PolicyMemory memory(2);
    base::Instant now(1000s);
    memory.took("one", "a", now);
    memory.took("two", "b", now);
    memory.took("one", "a", now);
    memory.took("three", "c", now);
    EXPECT_EQ(memory.holder("one", 1s, now), "a");
    EXPECT_EQ(memory.holder("two", 1s, now), "");
    EXPECT_EQ(memory.holder("three", 1s, now), "c");
    nexthop::Random random(1);
    uint32_t turn = memory.next_turn("one", random);
    EXPECT_EQ(memory.next_turn("one", random), turn + 1);
}

struct Groups {
    const char* list;
    Policy policy;
    const char* groups;
};

TEST(PriorityGroups, AreInOrder) {
    const Groups rows[] = {
        {"[a], [b], [c]", Policy::failover, "a|b|c"},
        {"[a], [b], [c]", Policy::round_robin, "abc"},
        {"[a];priority=2, [b];priority=1, [c];priority=2", Policy::failover, "b|ac"},
        {"[a];priority=2, [b];priority=1, [c];priority=2", Policy::weighted, "b|ac"},
        {"[a];priority=1, [b], [c]", Policy::failover, "b|c|a"},
        {"[a];priority=1, [b], [c]", Policy::sticky, "bc|a"},
        {"[a];priority=0, [b], [c];priority=0", Policy::failover, "a|b|c"},
        {"", Policy::failover, ""},
    };
    for (const Groups& row : rows) {
        std::vector<Destination> destinations = nexthop::parse_destinations(row.list, rules());
        std::string shown;
        for (const std::vector<size_t>& group :
             nexthop::priority_groups(destinations, row.policy)) {
            shown += shown.empty() ? "" : "|";
            for (size_t each : group)
                shown += destinations[each].host;
        }
        EXPECT_EQ(shown, row.groups) << row.list;
    }
    std::vector<Destination> all = nexthop::parse_destinations("[a], [b], [c], [d]", rules());
    all[2].fallback = all[3].fallback = true;
    std::vector<std::vector<size_t>> groups = nexthop::priority_groups(all, Policy::weighted);
    EXPECT_EQ(groups, (std::vector<std::vector<size_t>>{{0, 1}, {2}, {3}}));
}

}  // namespace
