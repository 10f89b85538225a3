#include <gtest/gtest.h>

#include <map>

#include "lib/io/loop.h"
#include "qmgr/agent.h"
#include "qmgr/backoff.h"
#include "qmgr/timetable.h"
#include "qmgr/transport.h"
#include "qmgr/window.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

TEST(QmgrFeedback, ReadsWhatPostfixReads) {
    struct Row {
        const char* text;
        double at_4;  // < 0: refused
    };
    const Row rows[] = {
        {"1", 1},
        {"0", 0},
        {"1/2", 0.5},
        {" 1 / 4 ", 0.25},
        {"1/concurrency", 0.25},
        {"2/concurrency", 0.5},
        {"1/sqrt_concurrency", 0.5},
        {"", -1},
        {"x", -1},
        {"2", -1},
        {"3/2", -1},
        {"1/0", -1},
        {"1/", -1},
        {"-1", -1},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        auto feedback = Feedback::parse(row.text);
        ASSERT_EQ(feedback.has_value(), row.at_4 >= 0);
        if (feedback) {
            EXPECT_DOUBLE_EQ(feedback->at(4), row.at_4);
        }
    }
}

TEST(QmgrWindow, GrowsByOneForEachSuccessWhileItIsUsedUpToTheLimit) {
    WindowLimits limits;
    Window window(limits);
    EXPECT_EQ(window.size(), 5u);
    window.succeeded(5);
    EXPECT_EQ(window.size(), 6u);
    window.succeeded(1);  // 6 ≥ 1 + 5: not used, so it stays
    EXPECT_EQ(window.size(), 6u);
    for (int i = 0; i < 100; ++i)
        window.succeeded(window.size());
    EXPECT_EQ(window.size(), 20u);
}

TEST(QmgrWindow, ShrinksByFailuresAndDiesOfAFailedCohort) {
    WindowLimits limits;
    Window window(limits);
    std::vector<unsigned> sizes;
    bool dead = false;
    while (!dead && sizes.size() < 100) {
        dead = window.failed();
        sizes.push_back(window.size());
    }
    EXPECT_EQ(sizes, (std::vector<unsigned>{4, 3, 2, 2}));  // 1/5 + 1/4 + 1/3 + 1/2 ≥ 1
    window.revive();
    EXPECT_EQ(window.size(), 5u);
}

TEST(QmgrWindow, ASuccessForgivesFailuresAndNoLimitOfCohortsMeansNeverDead) {
    WindowLimits limits;
    Window window(limits);
    window.failed();
    window.failed();
    window.succeeded(window.size());
    EXPECT_FALSE(window.failed());
    limits.failed_cohorts = 0;
    Window immortal(limits);
    for (int i = 0; i < 1000; ++i)
        ASSERT_FALSE(immortal.failed());
    EXPECT_EQ(immortal.size(), 1u);
}

TEST(QmgrBackoff, IsTheAgeWithinTheLimitsAndUpToATenthMore) {
    BackoffLimits limits;
    limits.minimal = 300s;
    limits.maximal = 4000s;
    EXPECT_EQ(backoff(1s, limits, 0), 300s);
    EXPECT_EQ(backoff(1000s, limits, 0), 1000s);
    EXPECT_EQ(backoff(9000s, limits, 0), 4000s);
    EXPECT_EQ(backoff(1000s, limits, 0.5), 1050s);
    EXPECT_EQ(backoff(-5s, limits, 0), 300s);
    limits.maximal = 10s;  // below the least time
    EXPECT_EQ(backoff(1000s, limits, 0), 300s);
}

TEST(QmgrBackoff, NullSendersHaveALifetimeOfTheirOwn) {
    BackoffLimits limits;
    limits.lifetime = 100s;
    limits.null_lifetime = 0s;
    EXPECT_FALSE(expired(99s, false, limits));
    EXPECT_TRUE(expired(100s, false, limits));
    EXPECT_TRUE(expired(0s, true, limits));
}

TEST(QmgrTimetable, GivesWhatIsDueInOrderAndMovesWhatIsSetAgain) {
    Timetable table;
    table.set("late", base::WallTime(30s));
    table.set("early", base::WallTime(10s));
    table.set("moved", base::WallTime(5s));
    table.set("moved", base::WallTime(20s));
    EXPECT_EQ(table.next(), base::WallTime(10s));
    EXPECT_FALSE(table.take_due(base::WallTime(9s)));
    EXPECT_EQ(table.take_due(base::WallTime(25s))->second, "early");
    EXPECT_EQ(table.take_due(base::WallTime(25s))->second, "moved");
    EXPECT_FALSE(table.take_due(base::WallTime(25s)));
    table.advance_all(base::WallTime(26s));
    EXPECT_EQ(table.take_due(base::WallTime(26s))->second, "late");
    EXPECT_EQ(table.size(), 0u);
}

TransportLimits small_requests() {
    TransportLimits limits;
    limits.recipients = 2;
    limits.lane_depth = 3;
    return limits;
}

// A transport with messages of so many recipients each.
class QmgrTransport : public testing::Test {
  protected:
    Message& message(const std::string& id, uint32_t recipients) {
        Message& made = messages_[id];
        made.queue_id = id;
        made.recipients.resize(recipients);
        return made;
    }
    void add(const std::string& id, uint32_t recipients, const std::string& nexthop) {
        std::vector<uint32_t> all;
        for (uint32_t i = 0; i < recipients; ++i)
            all.push_back(i);
        transport_.add(transport_.destination(nexthop), {&message(id, recipients), all});
    }
    // Queue IDs in the order they are sent until nothing more goes.
    std::string send_all() {
        std::string sent;
        while (auto pick = transport_.next(now_)) {
            sent += pick->entry.message->queue_id;
            lanes_.push_back(pick->lane);
        }
        return sent;
    }

    Transport transport_{"smtp", small_requests()};
    std::map<std::string, Message> messages_;
    std::vector<Lane*> lanes_;
    base::Instant now_{1000s};
};

TEST_F(QmgrTransport, AMailingDelaysASingleMessageByOneRequest) {
    add("M", 20, "a");
    add("S", 1, "a");
    EXPECT_EQ(send_all().substr(0, 4), "MSMM");
}

TEST_F(QmgrTransport, DestinationsTakeTurns) {
    add("A", 6, "a");
    add("B", 6, "b");
    EXPECT_EQ(send_all(), "ABABAB");
}

TEST_F(QmgrTransport, TheWindowCountsLanesAndEachTakesSomeRequestsAhead) {
    add("M", 100, "a");
    EXPECT_EQ(send_all().size(), 5u * 3);
    Destination& to = transport_.destination("a");
    EXPECT_EQ(to.busy(), 5u);
    EXPECT_EQ(to.lanes(), 5u);
    EXPECT_EQ(lanes_[0]->outstanding, 3u);
    transport_.ended(*lanes_[0], now_);
    EXPECT_EQ(send_all().size(), 1u);  // in the same lane
    EXPECT_EQ(lanes_.back(), lanes_[0]);
}

TEST_F(QmgrTransport, ALaneThatWasJustBusyIsUsedAgainAndAnOldOneIsForgotten) {
    add("A", 1, "a");
    send_all();
    uint32_t first = lanes_[0]->id;
    transport_.ended(*lanes_[0], now_);
    add("B", 1, "a");
    send_all();
    EXPECT_EQ(lanes_[1]->id, first);
    transport_.ended(*lanes_[1], now_);
    now_ += 2s;
    add("C", 1, "a");
    send_all();
    EXPECT_NE(lanes_[2]->id, first);
    EXPECT_EQ(transport_.destination("a").lanes(), 1u);
}

TEST_F(QmgrTransport, ADeadDestinationGivesItsMailBackUntilItsTimeComes) {
    add("M", 100, "a");
    send_all();
    Destination& to = transport_.destination("a");
    while (to.suspended() == nullptr)
        transport_.failed(to, {"connection refused", {4, 4, 1}, now_ + 300s});
    EXPECT_EQ(to.suspended()->reason, "connection refused");
    transport_.ended(*lanes_[0], now_);
    EXPECT_EQ(send_all(), "");
    EXPECT_EQ(transport_.take_waiting(10, false).size(), 10u);
    EXPECT_EQ(transport_.take_waiting(1000, false).size(), 25u);
    EXPECT_EQ(transport_.resume_due(now_), now_ + 300s);
    EXPECT_NE(to.suspended(), nullptr);
    EXPECT_EQ(transport_.resume_due(now_ + 300s), base::never);
    EXPECT_EQ(to.suspended(), nullptr);
    add("N", 1, "a");
    EXPECT_EQ(send_all(), "N");
}

TEST_F(QmgrTransport, ForgetsDestinationsThatHaveNothing) {
    for (const char* nexthop : {"idle", "lately", "held", "busy", "waits", "dead"})
        add("M", std::string_view(nexthop) == "waits" ? 500 : 1, nexthop);
    send_all();
    for (Lane* lane : lanes_) {
        const std::string& nexthop = lane->destination.nexthop();
        if (nexthop != "busy" && nexthop != "waits")
            transport_.ended(*lane, nexthop == "lately" ? now_ + 10s : now_);
    }
    Destination& dead = transport_.destination("dead");
    while (dead.suspended() == nullptr)
        transport_.failed(dead, {"connection refused", {4, 4, 1}, now_ + 300s});
    EXPECT_EQ(transport_.destinations(), 6u);
    transport_.forget_idle({&transport_.destination("held")}, now_ + 5s);
    EXPECT_EQ(transport_.destinations(), 5u);
    transport_.resume_due(now_ + 300s);
    transport_.forget_idle({}, now_ + 300s);
    EXPECT_EQ(transport_.destinations(), 2u) << "busy and waits";
}

TEST_F(QmgrTransport, ALaneOutlivesAnAgentWhileTheOneBeforeItHasRequestsInIt) {
    struct Nobody : AgentListener {
        void greeted(Agent&, ipc::AgentHello) override {}
        void reported(Agent&, ipc::DeliveryReport) override {}
    } nobody;
    io::Loop loop;
    Agent second(io::wire_pair().first, nobody);
    add("M", 4, "a");
    send_all();
    Destination& to = transport_.destination("a");
    ASSERT_EQ(to.lanes(), 2u);
    for (Lane* lane : lanes_)
        lane->agent = &second;
    transport_.ended(*lanes_[1], now_);
    transport_.drop_agent(second);
    ASSERT_EQ(to.lanes(), 1u);
    EXPECT_EQ(lanes_[0]->agent, nullptr);
    transport_.ended(*lanes_[0], now_);
    EXPECT_EQ(to.busy(), 0u);
}

TEST_F(QmgrTransport, NoLimitOfRecipientsMeansOneRequest) {
    TransportLimits limits;
    limits.recipients = 0;
    Transport all("smtp", limits);
    std::vector<uint32_t> recipients(1000);
    all.add(all.destination("a"), {&message("M", 1000), recipients});
    EXPECT_EQ(all.next(now_)->entry.recipients.size(), 1000u);
    EXPECT_FALSE(all.next(now_));
}

}  // namespace
}  // namespace qmgr
