#include "lib/health/breaker.h"

#include <gtest/gtest.h>

namespace health {
namespace {

using namespace std::chrono_literals;

const base::Instant start{1'000'000s};
const Rules rules;

Failure failure(Reason reason, double score, base::Duration since_last = 1s) {
    Failure made{row_of(reason), row_of(reason).scope.value_or(Scope::endpoint)};
    made.configured = true;
    made.score = score;
    made.since_last = since_last;
    return made;
}

Breaker in(State state, base::Duration left, unsigned openings = 1) {
    Breaker breaker;
    breaker.state = state;
    breaker.openings = openings;
    breaker.until = start + left;
    return breaker;
}

TEST(HealthBreaker, IsOneWord) {
    Breaker breaker;
    EXPECT_EQ(breaker.word(), 0u);
    for (State state : {State::closed, State::open, State::half_open, State::ramp, State::slow})
        for (Admin admin : {Admin::none, Admin::drain, Admin::down, Admin::up}) {
            breaker = {state, admin, 31, 255, start + 7ms};
            EXPECT_EQ(Breaker::from(breaker.word()), breaker);
        }
    // What nobody wrote reads as healthy.
    EXPECT_EQ(Breaker::from(~uint64_t{0}).state, State::closed);
}

struct Shown {
    State stored;
    base::Duration left;
    State seen;
};

TEST(HealthBreaker, TimeAloneChangesWhatIsSeen) {
    const Shown cases[] = {
        {State::closed, -1s, State::closed}, {State::open, 1ms, State::open},
        {State::open, 0s, State::half_open}, {State::open, -1h, State::half_open},
        {State::ramp, 1s, State::ramp},      {State::ramp, 0s, State::closed},
        {State::slow, 1s, State::slow},      {State::slow, -1s, State::closed},
    };
    for (const Shown& each : cases)
        EXPECT_EQ(in(each.stored, each.left).at(start), each.seen)
            << name_of(each.stored) << " " << each.left.count();
}

struct Step {
    const char* what;
    State state;
    base::Duration left;
    Reason reason;
    double score;
    bool opens;
};

TEST(HealthBreaker, WhichFailuresOpen) {
    const Step cases[] = {
        {"below the threshold", State::closed, 0s, Reason::banner_4xx, 1, false},
        {"at the threshold", State::closed, 0s, Reason::connect_timeout, 2, true},
        {"two of weight 1, 40 s apart", State::closed, 0s, Reason::lost_race, 1.63, true},
        {"three of weight 0.5", State::closed, 0s, Reason::data_4xx, 1.5, false},
        {"one that opens at once", State::closed, 0s, Reason::auth_rejected, 0, true},
        {"open already", State::open, 1s, Reason::connect_timeout, 9, false},
        {"a probe", State::open, 0s, Reason::banner_4xx, 1, true},
        {"a probe whose message failed", State::open, 0s, Reason::data_4xx, 0.5, false},
        {"in RAMP", State::ramp, 1s, Reason::connection_lost, 1, true},
        {"a message in RAMP", State::ramp, 1s, Reason::data_4xx, 0.5, false},
        {"after RAMP", State::ramp, 0s, Reason::connection_lost, 1, false},
        {"in SLOW, below", State::slow, 1s, Reason::connection_lost, 1, false},
        {"in SLOW", State::slow, 1s, Reason::refused, 2, true},
    };
    for (const Step& each : cases) {
        auto after = after_failure(in(each.state, each.left), failure(each.reason, each.score),
                                   rules, start);
        EXPECT_EQ(after.has_value(), each.opens) << each.what;
        if (after) {
            EXPECT_EQ(after->state, State::open) << each.what;
        }
    }
}

// The time of `count` openings in a row, each as soon as the one before is over.
std::vector<base::Duration> openings(Failure each, const Rules& by, int count) {
    std::vector<base::Duration> times;
    Breaker breaker;
    base::Instant now = start;
    for (int i = 0; i < count; ++i) {
        breaker = after_failure(breaker, each, by, now).value();
        times.push_back(breaker.until - now);
        now = breaker.until;
    }
    return times;
}

TEST(HealthBreaker, TimesDoubleUpToALimit) {
    Rules exact = rules;
    exact.jitter = 0;
    using Times = std::vector<base::Duration>;
    EXPECT_EQ(openings(failure(Reason::refused, 2), exact, 4), (Times{5s, 8s, 8s, 8s}));
    Failure mx = failure(Reason::refused, 2);
    mx.configured = false;
    EXPECT_EQ(openings(mx, exact, 12),
              (Times{5s, 10s, 20s, 40s, 80s, 160s, 320s, 640s, 1280s, 2560s, 3600s, 3600s}));
    EXPECT_EQ(openings(failure(Reason::auth_rejected, 2), exact, 6),
              (Times{300s, 600s, 1200s, 2400s, 3600s, 3600s}));
    EXPECT_EQ(openings(failure(Reason::all_relays_down, 2), rules, 3), (Times{1s, 1s, 1s}));
}

TEST(HealthBreaker, JitterNeverPassesTheLimit) {
    for (double chance : {0.0, 0.25, 0.5, 0.999}) {
        Failure each = failure(Reason::refused, 2);
        each.chance = chance;
        std::vector<base::Duration> times = openings(each, rules, 5);
        EXPECT_NEAR(static_cast<double>(times[0].count()), 5e6 * (0.8 + 0.4 * chance), 1e3);
        EXPECT_LE(times[4], 8s);
        EXPECT_GE(times[4], 5300ms);
    }
}

TEST(HealthBreaker, OpeningsAreForgottenOneByOne) {
    Rules exact = rules;
    exact.jitter = 0;
    Failure each = failure(Reason::refused, 2);
    each.configured = false;
    for (auto [since, expected] : {std::pair{base::Duration(599s), 40s},
                                   {600s, 20s},
                                   {1200s, 10s},
                                   {1800s, 5s},
                                   {9999s, 5s}}) {
        each.since_last = since;
        auto after = after_failure(in(State::closed, 0s, 3), each, exact, start);
        EXPECT_EQ(after->until - start, expected) << since.count();
    }
}

TEST(HealthBreaker, SuccessRampsAnEndpointUpAndClosesTheRest) {
    auto ramp = after_success(in(State::open, 0s), Scope::endpoint, rules, start);
    EXPECT_EQ(ramp->state, State::ramp);
    EXPECT_EQ(ramp->until - start, 60s);
    for (Scope scope : {Scope::identity, Scope::nexthop})
        EXPECT_EQ(after_success(in(State::open, 0s), scope, rules, start)->state, State::closed);
    // Taken while it was open, as when all are down: that is as good.
    EXPECT_EQ(after_success(in(State::open, 3s), Scope::endpoint, rules, start)->state,
              State::ramp);
    EXPECT_FALSE(after_success(in(State::ramp, 3s), Scope::endpoint, rules, start));
    EXPECT_EQ(after_success(in(State::ramp, 0s), Scope::endpoint, rules, start)->state,
              State::closed);
    EXPECT_FALSE(after_success(in(State::slow, 3s), Scope::endpoint, rules, start));
    EXPECT_FALSE(after_success(Breaker(), Scope::endpoint, rules, start));
    Rules none = rules;
    none.ramp_time = 0s;
    EXPECT_EQ(after_success(in(State::open, 0s), Scope::endpoint, none, start)->state,
              State::closed);
}

TEST(HealthBreaker, RampDoublesSessionsInSixParts) {
    Breaker ramp = in(State::ramp, 60s);
    for (auto [after, sessions] : {std::pair{base::Duration(0s), 1u},
                                   {9s, 1u},
                                   {10s, 2u},
                                   {20s, 4u},
                                   {35s, 8u},
                                   {49s, 16u},
                                   {50s, 32u},
                                   {90s, 32u}})
        EXPECT_EQ(ramp_sessions(ramp, rules, start + after), sessions) << after.count();
}

TEST(HealthBreaker, SlownessIsHeldLongerEachTime) {
    auto slow = after_slowness(Breaker(), rules, 1h, start);
    EXPECT_EQ(slow->state, State::slow);
    EXPECT_EQ(slow->until - start, 60s);
    base::Instant later = slow->until;
    auto again = after_slowness(*slow, rules, 61s, later);
    EXPECT_EQ(again->until - later, 120s);
    EXPECT_FALSE(after_slowness(in(State::open, 1s), rules, 1s, start));
    EXPECT_FALSE(after_slowness(in(State::slow, 1s), rules, 1s, start));
}

TEST(HealthBreaker, ScoresHalve) {
    EXPECT_DOUBLE_EQ(decayed(2, 60s, rules), 1);
    EXPECT_DOUBLE_EQ(decayed(2, 0s, rules), 2);
    EXPECT_DOUBLE_EQ(decayed(2, 120s, rules), 0.5);
}

TEST(HealthReasons, HaveNamesOfTheirOwn) {
    for (const ReasonRow& row : reasons()) {
        EXPECT_EQ(reason_named(row.name), row.reason);
        EXPECT_TRUE(row.weight == 0 || row.scope) << row.name;
    }
    EXPECT_FALSE(reason_named("bad luck"));
    EXPECT_EQ(row_of(static_cast<Reason>(250)).reason, Reason::none);
}

}  // namespace
}  // namespace health
