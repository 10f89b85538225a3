// The cache: time, room, order of use.
#include "lib/dns/cache.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using dns::Question;
using dns::Type;

dns::Reading lasting(base::Duration lifetime, const char* name = "x") {
    dns::Reading reading;
    reading.answer.name = name;
    reading.lifetime = lifetime;
    return reading;
}

const base::Instant start{1000s};
const Question a("a.example", Type::a), b("b.example", Type::a), c("c.example", Type::a);

TEST(DnsCache, KnowsUntilTheTimeIsOver) {
    dns::Cache cache(10);
    cache.keep(a, lasting(5s), start);
    EXPECT_NE(cache.find(a, start + 4s), nullptr);
    EXPECT_EQ(cache.find(a, start + 5s), nullptr);
    EXPECT_EQ(cache.size(), 0u);
    EXPECT_EQ(cache.find(a, start), nullptr);
}

TEST(DnsCache, TellsTypesApart) {
    dns::Cache cache(10);
    cache.keep(a, lasting(5s), start);
    EXPECT_EQ(cache.find(Question("a.example", Type::mx), start), nullptr);
}

TEST(DnsCache, ALaterAnswerTakesTheEarlierOnesPlace) {
    dns::Cache cache(10);
    cache.keep(a, lasting(5s, "old"), start);
    cache.keep(a, lasting(9s, "new"), start);
    ASSERT_NE(cache.find(a, start + 6s), nullptr);
    EXPECT_EQ(cache.find(a, start + 6s)->answer.name, "new");
    EXPECT_EQ(cache.size(), 1u);
    // Also when it may not be kept itself.
    cache.keep(a, lasting(0s), start);
    EXPECT_EQ(cache.find(a, start), nullptr);
}

TEST(DnsCache, DropsWhatWasUsedLongestAgo) {
    dns::Cache cache(2);
    cache.keep(a, lasting(50s), start);
    cache.keep(b, lasting(50s), start);
    cache.find(a, start);
    cache.keep(c, lasting(50s), start);
    EXPECT_NE(cache.find(a, start), nullptr);
    EXPECT_EQ(cache.find(b, start), nullptr);
    EXPECT_NE(cache.find(c, start), nullptr);
}

TEST(DnsCache, MayBeNone) {
    dns::Cache cache(0);
    cache.keep(a, lasting(50s), start);
    EXPECT_EQ(cache.find(a, start), nullptr);
}

}  // namespace
