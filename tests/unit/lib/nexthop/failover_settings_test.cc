// Failover settings: of main.cf, of a transport, of one next hop.
#include "lib/nexthop/failover_settings.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/nexthop/failover_policies.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using namespace std::chrono_literals;
using dict_test::log_lines;
using dict_test::TableWorld;
using nexthop::FailoverSettings;
using nexthop::Policy;

config::Settings of(const std::string& text) {
    return config::Settings::from(config::MainCf::parse(text, "main.cf"), "/etc/postfix");
}

std::string problems(std::string_view text) {
    try {
        static_cast<void>(FailoverSettings().with(text));
    } catch (const config::Error& error) {
        return error.what();
    }
    return {};
}

TEST(FailoverSettings, DefaultsAreThoseOfTheTable) {
    FailoverSettings made, read = FailoverSettings::from(of(""), "smtp");
    EXPECT_EQ(read.health, made.health);
    EXPECT_EQ(read.policy, made.policy);
    EXPECT_EQ(read.after_dot, made.after_dot);
    EXPECT_EQ(read.return_rate, made.return_rate);
    EXPECT_EQ(read.reply_filter, made.reply_filter);
    using Time = base::Duration FailoverSettings::*;
    for (Time time :
         {&FailoverSettings::sticky_time, &FailoverSettings::connect_hedge_delay,
          &FailoverSettings::banner_hedge_delay, &FailoverSettings::address_hedge_delay,
          &FailoverSettings::attempt_budget, &FailoverSettings::after_dot_delay,
          &FailoverSettings::probe_interval, &FailoverSettings::probe_connect_timeout,
          &FailoverSettings::probe_banner_timeout, &FailoverSettings::stale_address_time})
        EXPECT_EQ(read.*time, made.*time);
    using RuleTime = base::Duration health::Rules::*;
    for (RuleTime time :
         {&health::Rules::score_half_life, &health::Rules::open_time,
          &health::Rules::open_time_limit, &health::Rules::mx_open_time_limit,
          &health::Rules::auth_open_time, &health::Rules::auth_open_time_limit,
          &health::Rules::step_half_life, &health::Rules::ramp_time, &health::Rules::slow_time,
          &health::Rules::slow_hold_time, &health::Rules::all_down_probe_interval})
        EXPECT_EQ(read.rules.*time, made.rules.*time);
    EXPECT_EQ(read.rules.score_threshold, made.rules.score_threshold);
    EXPECT_EQ(read.rules.slow_factor, made.rules.slow_factor);
}

TEST(FailoverSettings, ATransportHasItsOwn) {
    config::Settings settings =
        of("failover_policy = sticky\nfailover_open_time = 700ms\nrelay_failover_health = no\n"
           "relay_failover_policy = hash:sender\nrelay_failover_after_dot = next\n"
           "relay_failover_score_threshold = 4\nrelay_failover_return_rate = 7\n"
           "failover_reply_filter = pcre:/a, pcre:/b\n");
    FailoverSettings smtp = FailoverSettings::from(settings, "smtp");
    EXPECT_TRUE(smtp.health);
    EXPECT_EQ(smtp.policy, Policy::sticky);
    EXPECT_EQ(smtp.rules.open_time, 700ms);
    EXPECT_EQ(smtp.reply_filter, "pcre:/a, pcre:/b");
    FailoverSettings relay = FailoverSettings::from(settings, "relay");
    EXPECT_FALSE(relay.health);
    EXPECT_EQ(relay.policy, Policy::hash_sender);
    EXPECT_EQ(relay.rules.open_time, 700ms);
    EXPECT_EQ(relay.after_dot, nexthop::AfterDot::next);
    EXPECT_EQ(relay.rules.score_threshold, 4);
    EXPECT_EQ(relay.return_rate, 7u);
}

TEST(FailoverSettings, TextChangesSome) {
    FailoverSettings base;
    base.rules.ramp_time = 3s;
    FailoverSettings made = base.with(
        "policy=round-robin, { open_time = 10s }\t{reply_filter = pcre:/a, pcre:/b}"
        " address_hedge_delay=100");
    EXPECT_EQ(made.policy, Policy::round_robin);
    EXPECT_EQ(made.rules.open_time, 10s);
    EXPECT_EQ(made.reply_filter, "pcre:/a, pcre:/b");
    EXPECT_EQ(made.address_hedge_delay, 100ms);
    EXPECT_EQ(made.rules.ramp_time, 3s);
}

TEST(FailoverSettings, TextThatIsWrongSaysWhy) {
    struct Row {
        const char* text;
        const char* problem;
    };
    const Row rows[] = {
        {"", ""},
        {"policy=sticky", ""},
        {"policy=best",
         "policy: expected one of failover, sticky, round-robin, weighted, least-outstanding, "
         "hash:sender, found \"best\""},
        {"open_time=soon open_time_limit=1",
         "open_time: expected a time from 100ms to 86400s, in units ms, s, m, h, d or w, found "
         "\"soon\""},
        {"health", "expected name=value, found \"health\""},
        {"helth=no",
         "expected the name of a failover parameter without \"failover_\", found \"helth\"; did "
         "you mean health?"},
        {"failover_health=no",
         "expected the name of a failover parameter without \"failover_\", found "
         "\"failover_health\""},
        {"table_size=4096",
         "expected the name of a failover parameter without \"failover_\", found \"table_size\""},
        {"policy_maps=hash:/x",
         "expected the name of a failover parameter without \"failover_\", found "
         "\"policy_maps\""},
        {"health=maybe return_rate=0",
         "health: expected yes or no, found \"maybe\"\n"
         "return_rate: expected a number from 1 to 2147483647, found \"0\""},
    };
    for (const Row& row : rows)
        EXPECT_EQ(problems(row.text), row.problem) << row.text;
}

struct Policies {
    explicit Policies(TableWorld& at)
        : world(at),
          policies(nexthop::FailoverPolicies::of(world.settings(), "relay", world.tables())) {}
    FailoverSettings operator()(const std::string& nexthop) {
        FailoverSettings result;
        world.run(keep(policies.of(nexthop), result));
        return result;
    }
    static io::Task<void> keep(io::Task<FailoverSettings> task, FailoverSettings& into) {
        FailoverSettings found = co_await task;
        into = std::move(found);
    }
    TableWorld& world;
    nexthop::FailoverPolicies policies;
};

TEST(FailoverPolicies, OfOneNextHop) {
    TableWorld world(
        "relay_failover_open_time = 2s\nrelay_failover_policy_maps = inline:{ "
        "{ [a]:587,[b]:587 = policy=weighted }, { [c.example] = health=no open_time=3s }, "
        "{ bad.example = policy=best } }\n");
    Policies policies(world);
    EXPECT_TRUE(policies.policies.has_tables());
    EXPECT_EQ(policies("[x]").rules.open_time, 2s);
    EXPECT_TRUE(policies("[x]").health);
    for (const char* list : {"[a]:587,[b]:587", "[a]:587, [b]:587", "[A]:587 [B]:587"})
        EXPECT_EQ(policies(list).policy, Policy::weighted) << list;
    FailoverSettings own = policies("[c.example]");
    EXPECT_FALSE(own.health);
    EXPECT_EQ(own.rules.open_time, 3s);
    std::vector<std::string> lines = log_lines([&] {
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(policies("bad.example").policy, Policy::failover);
    });
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("key bad.example: policy: expected one of failover, "), lines[0].npos)
        << lines[0];
}

TEST(FailoverPolicies, TroubleWithATableStopsNoMail) {
    TableWorld world("relay_failover_policy_maps = proxy:unix:passwd.byname\n");
    Policies policies(world);
    std::vector<std::string> lines =
        log_lines([&] { EXPECT_EQ(policies("[x]").policy, Policy::failover); });
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("the settings of the transport hold for [x]"), std::string::npos)
        << lines[0];
}

TEST(FailoverPolicies, WithoutTablesNothingIsAsked) {
    TableWorld world;
    Policies policies(world);
    EXPECT_FALSE(policies.policies.has_tables());
    EXPECT_EQ(policies("[x]").policy, Policy::failover);
}

}  // namespace
