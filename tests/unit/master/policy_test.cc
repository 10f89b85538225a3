#include <gtest/gtest.h>

#include "master/staffing.h"
#include "master/throttle.h"

namespace {

using namespace master;
using namespace std::chrono_literals;

TEST(Throttle, DoublesToItsLimitAndForgetsAtTheFirstSuccess) {
    Throttle throttle(8s);
    base::Instant now{};
    EXPECT_LE(throttle.free_at(), now);
    for (auto expected : {1s, 2s, 4s, 8s, 8s}) {
        throttle.failed(now);
        EXPECT_EQ(throttle.free_at(), now + expected);
        now = throttle.free_at();
    }
    throttle.succeeded();
    EXPECT_LE(throttle.free_at(), now);
    throttle.failed(now);
    EXPECT_EQ(throttle.free_at(), now + 1s);
}

TEST(Throttle, WorkersThatFailTogetherCountOnce) {
    Throttle throttle(60s);
    base::Instant now{};
    for (int i = 0; i < 8; ++i)
        throttle.failed(now + i * 10ms);
    EXPECT_EQ(throttle.delay(), 1s);
}

TEST(Staffing, AStandingServiceHasAllItsProcesses) {
    Headcount count{.standing = true, .most = 4};
    EXPECT_EQ(to_start(count), 4u);
    count.starting = 1;
    count.available = 1;
    count.busy = 1;
    EXPECT_EQ(to_start(count), 1u);
    count.leaving = 3;  // as after max_use: they do not count
    EXPECT_EQ(to_start(count), 1u);
    count.most = 0;
    EXPECT_EQ(to_start(count), 0u);
}

TEST(Staffing, SomebodyIsThereToProbeARelay) {
    Headcount count{.most = 2, .relay_waits = true};
    EXPECT_EQ(to_start(count), 1u);
    count.starting = 1;
    EXPECT_EQ(to_start(count), 0u);
    // Who is busy with mail can probe as well.
    count = {.most = 2, .busy = 1, .relay_waits = true};
    EXPECT_EQ(to_start(count), 0u);
    count = {.most = 2, .leaving = 2, .relay_waits = true};
    EXPECT_EQ(to_start(count), 1u);
}

TEST(Staffing, OnDemandWhenAClientWaitsAndNobodyIsFree) {
    Headcount count{.most = 2};
    EXPECT_EQ(to_start(count), 0u);
    count.client_waits = true;
    EXPECT_EQ(to_start(count), 1u);
    count.starting = 1;
    EXPECT_EQ(to_start(count), 0u);
    count = {.most = 2, .available = 1, .client_waits = true};
    EXPECT_EQ(to_start(count), 0u);
    count = {.most = 2, .busy = 1, .client_waits = true};
    EXPECT_EQ(to_start(count), 1u);
    EXPECT_FALSE(at_limit(count));
    count.busy = 2;
    EXPECT_EQ(to_start(count), 0u);
    EXPECT_TRUE(at_limit(count));
    count.most = 0;
    EXPECT_EQ(to_start(count), 1u);
    EXPECT_FALSE(at_limit(count));
}

TEST(Staffing, AReloadStartsTheNewBeforeTheOldGo) {
    Headcount count{.standing = true, .most = 2, .old = 2};
    EXPECT_EQ(to_start(count), 2u);
    EXPECT_FALSE(hand_over(count));
    count.starting = 1;
    count.available = 1;
    EXPECT_FALSE(hand_over(count));
    count = {.standing = true, .most = 2, .available = 1, .busy = 1, .old = 2};
    EXPECT_TRUE(hand_over(count));
    count = {.most = 5, .old = 3};  // on demand: one will do
    EXPECT_EQ(to_start(count), 1u);
    EXPECT_FALSE(hand_over(count));
    count.available = 1;
    EXPECT_TRUE(hand_over(count));
    EXPECT_EQ(to_start(count), 0u);
}

TEST(Staffing, OneThatMustBeAloneGoesBeforeTheNewComes) {
    Headcount count{.standing = true, .most = 1, .alone = true, .old = 1};
    EXPECT_EQ(to_start(count), 0u);
    EXPECT_TRUE(hand_over(count));
    count.old = 0;
    count.leaving = 1;
    EXPECT_EQ(to_start(count), 0u);
    count.leaving = 0;
    EXPECT_EQ(to_start(count), 1u);
}

TEST(Staffing, SharesOfTheSessionLimitAddUp) {
    for (size_t limit : {1u, 2u, 7u, 10000u})
        for (size_t processes : {1u, 2u, 3u, 8u}) {
            size_t sum = 0;
            for (size_t slot = 0; slot < processes; ++slot)
                sum += session_share(limit, processes, slot);
            EXPECT_EQ(sum, limit);
        }
    EXPECT_EQ(session_share(0, 4, 1), 0u);
}

}  // namespace
