#include "lib/health/record.h"

#include <gtest/gtest.h>

#include "lib/health/table.h"

namespace health {
namespace {

using namespace std::chrono_literals;

// A table with a clock that is set by hand.
class HealthRecord : public ::testing::Test {
  protected:
    Rules rules = [] {
        Rules made;
        made.jitter = 0;
        return made;
    }();
    base::Fd memory = Table::create(64);
    Table table{base::Fd(::dup(memory.get())), 100};
    Table other{base::Fd(::dup(memory.get())), 200};
    base::Instant now{50'000s};
    Record relay = table.record(
        {Scope::endpoint, "192.0.2.1:587", "[r1.example]:587/192.0.2.1", "smtp", true}, now);
    Record login = table.record(
        {Scope::identity, "192.0.2.1:587/anon", "[r1.example]:587/192.0.2.1 anon", "smtp", true},
        now);

    std::string said(std::optional<Transition> transition) {
        return transition ? log_line(*transition) : "";
    }
    State state() { return relay.look(now, rules).state; }
};

TEST_F(HealthRecord, GoesThroughAllStates) {
    EXPECT_EQ(said(relay.fail(Reason::connect_timeout, rules, now)),
              "relay-health: [r1.example]:587/192.0.2.1 CLOSED->OPEN reason=connect_timeout "
              "fails=1 retry_in=5s");
    EXPECT_EQ(relay.look(now, rules).use(), View::Use::none);
    now += 5s;
    EXPECT_EQ(state(), State::half_open);
    EXPECT_EQ(relay.look(now, rules).use(), View::Use::probe);
    EXPECT_EQ(said(relay.fail(Reason::banner_timeout, rules, now)),
              "relay-health: [r1.example]:587/192.0.2.1 HALF_OPEN->OPEN reason=banner_timeout "
              "fails=2 retry_in=8s");
    now += 8s;
    EXPECT_EQ(said(relay.succeed(rules, now)),
              "relay-health: [r1.example]:587/192.0.2.1 HALF_OPEN->RAMP reason=recovered");
    EXPECT_EQ(relay.look(now, rules).fails, 0u);
    now += 60s;
    EXPECT_EQ(state(), State::closed);
    EXPECT_EQ(said(relay.settle(now)),
              "relay-health: [r1.example]:587/192.0.2.1 RAMP->CLOSED reason=time");
    EXPECT_EQ(said(relay.settle(now)), "");
}

TEST_F(HealthRecord, TellsOnceOfARelayThatStaysDown) {
    int lines = 0;
    for (int i = 0; i < 100; ++i, now += 10s)
        lines += relay.fail(Reason::refused, rules, now) ? 1 : 0;
    EXPECT_EQ(lines, 2);
    EXPECT_EQ(relay.look(now, rules).fails, 100u);
    EXPECT_NE(said(relay.fail(Reason::banner_5xx, rules, now)), "");
}

TEST_F(HealthRecord, ScoresDecayAndSuccessForgives) {
    EXPECT_FALSE(relay.fail(Reason::banner_4xx, rules, now));
    EXPECT_TRUE(relay.look(now, rules).suspect());
    now += 60s;
    EXPECT_NEAR(relay.look(now, rules).score, 0.5, 0.01);
    EXPECT_FALSE(relay.fail(Reason::banner_4xx, rules, now));
    EXPECT_FALSE(relay.succeed(rules, now));
    EXPECT_FALSE(relay.look(now, rules).suspect());
    EXPECT_FALSE(relay.fail(Reason::banner_4xx, rules, now));
    EXPECT_TRUE(relay.fail(Reason::banner_4xx, rules, now));
}

TEST_F(HealthRecord, NobodyPaysForWhatIsNotTheRelays) {
    for (const ReasonRow& row : reasons())
        if (row.weight == 0) {
            EXPECT_FALSE(relay.fail(row.reason, rules, now)) << row.name;
            EXPECT_EQ(relay.look(now, rules).score, 0) << row.name;
        }
}

TEST_F(HealthRecord, ManyMessagesWeighMoreThanOneManyTimes) {
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(login.fail(Reason::mail_4xx, rules, now, 0x1100));
    login.succeed(rules, now);
    EXPECT_FALSE(login.fail(Reason::mail_4xx, rules, now, 0x1100));
    EXPECT_FALSE(login.fail(Reason::mail_4xx, rules, now, 0x2200));
    EXPECT_TRUE(login.fail(Reason::mail_4xx, rules, now, 0x3300));
    EXPECT_FALSE(relay.fail(Reason::command_timeout, rules, now, 0x1100));
    now += 61s;
    EXPECT_FALSE(relay.fail(Reason::command_timeout, rules, now, 0x2200));
    EXPECT_TRUE(relay.fail(Reason::command_timeout, rules, now, 0x3300));
}

TEST_F(HealthRecord, ARefusedLoginLeavesTheEndpointAlone) {
    EXPECT_EQ(said(login.fail(Reason::auth_rejected, rules, now)),
              "relay-health: [r1.example]:587/192.0.2.1 anon CLOSED->OPEN reason=auth_rejected "
              "fails=1 retry_in=5m");
    EXPECT_EQ(state(), State::closed);
    now += 300s;
    EXPECT_EQ(login.succeed(rules, now)->to, "CLOSED");
}

TEST_F(HealthRecord, OneProcessHoldsTheLease) {
    EXPECT_TRUE(relay.take_lease(100, 5s, now));
    EXPECT_TRUE(relay.take_lease(100, 5s, now));
    EXPECT_FALSE(relay.take_lease(200, 5s, now));
    EXPECT_EQ(relay.look(now, rules).prober, 100);
    relay.end_lease(200);
    EXPECT_FALSE(relay.take_lease(200, 5s, now));
    now += 5s;
    EXPECT_EQ(relay.look(now, rules).prober, 0);
    EXPECT_TRUE(relay.take_lease(200, 5s, now));
    table.forget_process(200);
    EXPECT_TRUE(relay.take_lease(100, 5s, now));
    relay.end_lease(100);
    EXPECT_TRUE(relay.take_lease(300, 5s, now));
}

TEST_F(HealthRecord, RampCountsTheSessionsOfAllProcesses) {
    Record elsewhere = other.find(Scope::endpoint, "192.0.2.1:587").value();
    for (int i = 0; i < 40; ++i)
        EXPECT_TRUE(relay.begin(now, rules));
    for (int i = 0; i < 40; ++i)
        relay.end();
    relay.fail(Reason::refused, rules, now);
    now += 5s;
    relay.succeed(rules, now);
    EXPECT_TRUE(relay.begin(now, rules));
    EXPECT_FALSE(elsewhere.begin(now, rules));
    now += 10s;
    EXPECT_TRUE(elsewhere.begin(now, rules));
    EXPECT_FALSE(relay.begin(now, rules));
    EXPECT_EQ(relay.look(now, rules).in_flight, 2u);
    elsewhere.end();
    elsewhere.end();
    EXPECT_EQ(relay.look(now, rules).in_flight, 1u);
    other.forget_process(100);
    EXPECT_EQ(relay.look(now, rules).in_flight, 0u);
}

TEST_F(HealthRecord, ACrowdedEndpointHasRoomAgainAsTimePasses) {
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(relay.begin(now, rules));
    relay.fail(Reason::crowded, rules, now);
    EXPECT_EQ(state(), State::closed);
    EXPECT_FALSE(relay.begin(now, rules));
    relay.end();
    EXPECT_FALSE(relay.begin(now, rules));
    relay.end();
    EXPECT_TRUE(relay.begin(now, rules));
    now += 60s;
    EXPECT_EQ(relay.look(now, rules).window, 4u);
    EXPECT_TRUE(relay.begin(now, rules));
    now += 1h;
    EXPECT_EQ(relay.look(now, rules).window, 0u);
}

TEST_F(HealthRecord, AnAdministratorHasTheLastWord) {
    EXPECT_EQ(said(relay.set_admin(Admin::drain, "root", "disk swap", now + 1h, now)),
              "relay-health: [r1.example]:587/192.0.2.1 CLOSED->DRAIN reason=root: disk swap");
    View view = relay.look(now, rules);
    EXPECT_TRUE(view.barred());
    EXPECT_EQ(view.use(), View::Use::none);
    EXPECT_EQ(view.admin_until, now + 1h);
    EXPECT_EQ(relay.names().who, "root");
    EXPECT_EQ(relay.names().text, "disk swap");
    now += 1h;
    EXPECT_EQ(relay.look(now, rules).admin, Admin::none);
    EXPECT_EQ(said(relay.settle(now)),
              "relay-health: [r1.example]:587/192.0.2.1 DRAIN->CLOSED reason=expired");
    relay.fail(Reason::refused, rules, now);
    EXPECT_EQ(relay.set_admin(Admin::up, "root", "", base::never, now)->from, "OPEN");
    EXPECT_EQ(relay.look(now, rules).use(), View::Use::normal);
    EXPECT_EQ(relay.set_admin(Admin::none, "root", "", base::never, now)->to, "OPEN");
    EXPECT_EQ(said(relay.reset("root", now)),
              "relay-health: [r1.example]:587/192.0.2.1 OPEN->CLOSED reason=reset by root");
    EXPECT_EQ(said(relay.reset("root", now)), "");
}

TEST_F(HealthRecord, SlownessIsProbation) {
    relay.latency(Latency::greeting, 9s);
    EXPECT_EQ(said(relay.eject_slow(rules, now)),
              "relay-health: [r1.example]:587/192.0.2.1 CLOSED->SLOW reason=slow retry_in=1m");
    EXPECT_EQ(relay.look(now, rules).use(), View::Use::slow);
    EXPECT_EQ(relay.look(now, rules).pace.greeting.samples, 0u);
    EXPECT_EQ(said(relay.eject_slow(rules, now)), "");
    now += 60s;
    EXPECT_EQ(relay.look(now, rules).use(), View::Use::normal);
    EXPECT_EQ(relay.eject_slow(rules, now)->retry_in, 120s);
}

TEST_F(HealthRecord, ChangesAreCounted) {
    uint64_t before = table.changes();
    relay.succeed(rules, now);
    relay.latency(Latency::greeting, 1s);
    relay.look(now, rules);
    EXPECT_TRUE(relay.begin(now, rules));
    EXPECT_EQ(table.changes(), before);
    relay.fail(Reason::banner_4xx, rules, now);
    EXPECT_GT(other.changes(), before);
}

struct Group {
    const char* what;
    std::vector<int> greeting_ms;
    std::vector<size_t> slow;
};

TEST(HealthLatency, TheSlowAreFewAndFarBehind) {
    const Group cases[] = {
        {"one host", {9000}, {}},
        {"two, one slow", {100, 6000}, {1}},
        {"slow, yet below the bound", {100, 4900}, {}},
        {"all are slow", {9000, 9500, 9100}, {}},
        {"slow, yet not three times the median", {3000, 8000}, {}},
        {"half stays", {100, 7000, 9000, 8000}, {}},
        {"the slowest goes", {100, 100, 9000}, {2}},
        {"the two slowest of five", {100, 100, 9000, 100, 7000}, {2, 4}},
    };
    for (const Group& each : cases) {
        std::vector<Pace> group;
        for (int ms : each.greeting_ms)
            group.push_back({{base::Duration(ms * 1000), 9}, {}});
        EXPECT_EQ(slow_ones(group, Rules()), each.slow) << each.what;
        for (Pace& pace : group)
            std::swap(pace.greeting, pace.transfer);
        EXPECT_EQ(slow_ones(group, Rules()), each.slow) << each.what;
        for (Pace& pace : group)
            pace.transfer.samples = 4;
        EXPECT_TRUE(slow_ones(group, Rules()).empty()) << each.what;
    }
}

TEST(HealthLatency, AveragesMove) {
    Average average;
    for (int i = 0; i < 20; ++i)
        average = Average::from(average.with(800ms).word());
    EXPECT_EQ(average.value, 800ms);
    EXPECT_EQ(average.with(1600ms).value, 900ms);
    EXPECT_EQ(Average().with(7s).value, 7s);
    EXPECT_EQ(per_size(10s, 640 * 1024), 1s);
    EXPECT_EQ(per_size(1s, 100), 1s);
}

TEST(HealthTransition, TimesAreShort) {
    for (auto [time, text] : {std::pair{base::Duration(5s), "5s"},
                              {4230ms, "4.2s"},
                              {90s, "90s"},
                              {120s, "2m"},
                              {7200s, "2h"},
                              {86400s, "1d"},
                              {0s, "0s"}})
        EXPECT_EQ(short_time(time), text);
}

}  // namespace
}  // namespace health
