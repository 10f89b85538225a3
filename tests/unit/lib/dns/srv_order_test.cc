// The order of SRV records: priorities always, weights in proportion.
#include "lib/dns/srv_order.h"

#include <gtest/gtest.h>

#include <map>

namespace {

using dns::Service;

std::vector<Service> sorted(std::vector<Service> services, std::mt19937& random) {
    return dns::in_srv_order(std::move(services), random);
}

// How often each name comes first in so many orders.
std::map<std::string, int> firsts(const std::vector<Service>& services, int rounds) {
    std::mt19937 random(1);
    std::map<std::string, int> count;
    for (int i = 0; i < rounds; ++i)
        ++count[sorted(services, random).front().name];
    return count;
}

TEST(SrvOrder, PriorityComesFirst) {
    std::mt19937 random(1);
    std::vector<Service> services = {
        {20, 60000, 25, "c"}, {10, 0, 25, "b"}, {30, 1, 25, "d"}, {0, 0, 25, "a"}};
    for (int i = 0; i < 100; ++i) {
        std::string order;
        for (const Service& each : sorted(services, random))
            order += each.name;
        EXPECT_EQ(order, "abcd");
    }
    EXPECT_TRUE(sorted({}, random).empty());
}

TEST(SrvOrder, WeightsAreShares) {
    auto count = firsts({{1, 60, 25, "a"}, {1, 30, 25, "b"}, {1, 10, 25, "c"}}, 10000);
    EXPECT_NEAR(count["a"], 6000, 300);
    EXPECT_NEAR(count["b"], 3000, 300);
    EXPECT_NEAR(count["c"], 1000, 300);
}

TEST(SrvOrder, WithoutWeightsAllAreEqual) {
    auto count = firsts({{1, 0, 25, "a"}, {1, 0, 25, "b"}, {1, 0, 25, "c"}, {1, 0, 25, "d"}}, 8000);
    for (const char* name : {"a", "b", "c", "d"})
        EXPECT_NEAR(count[name], 2000, 200) << name;
}

TEST(SrvOrder, NoWeightIsASmallChance) {
    auto count = firsts({{1, 99, 25, "a"}, {1, 0, 25, "b"}}, 10000);
    EXPECT_NEAR(count["b"], 100, 60);
}

TEST(SrvOrder, NothingIsLost) {
    std::mt19937 random(1);
    std::vector<Service> services;
    for (uint16_t i = 0; i < 100; ++i)
        services.push_back({static_cast<uint16_t>(i % 5), static_cast<uint16_t>(65535 - i % 3), i,
                            std::to_string(i)});
    std::map<std::string, int> seen;
    uint16_t priority = 0;
    for (const Service& each : sorted(services, random)) {
        ++seen[each.name];
        EXPECT_GE(each.priority, priority);
        priority = each.priority;
    }
    EXPECT_EQ(seen.size(), 100u);
}

}  // namespace
