#include "lib/health/breaker.h"

#include <algorithm>
#include <cmath>

namespace health {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// From the top: state 3, admin 2, openings 5, tenant 8, six unused, until 40 (34 years of uptime).
constexpr int state_at = 61, admin_at = 59, openings_at = 54, tenant_at = 46;
constexpr uint64_t until_mask = (uint64_t{1} << 40) - 1;

constexpr unsigned ramp_parts = 6;
// What weighs less speaks of a message rather than of the relay.
constexpr double decisive = 1;
// Scores decay from the first moment on, so that two events of weight 1 never add up to 2: what is
// this near to the threshold has reached it. (Such two open within 44 s, of a half-life of 60 s.)
constexpr double near_enough = 0.4;

uint64_t to_ms(base::Instant instant) {
    auto ms = duration_cast<milliseconds>(instant.time_since_epoch()).count();
    return std::min(static_cast<uint64_t>(std::max<int64_t>(ms, 0)), until_mask);
}

base::Instant whole_ms(base::Instant instant) {
    return base::Instant(milliseconds(to_ms(instant)));
}

unsigned remembered(unsigned openings, base::Duration since_last, const Rules& rules) {
    if (rules.step_half_life <= base::Duration(0))
        return openings;
    auto forgotten = std::max<int64_t>(since_last / rules.step_half_life, 0);
    return openings - static_cast<unsigned>(std::min<int64_t>(forgotten, openings));
}

struct Hold {
    base::Duration time, limit;
};

Hold hold_of(const Failure& failure, const Rules& rules) {
    if (failure.row.reason == Reason::all_relays_down)
        return {rules.all_down_probe_interval, rules.all_down_probe_interval};
    if (failure.row.opens)
        return {rules.auth_open_time, rules.auth_open_time_limit};
    return {rules.open_time, failure.configured ? rules.open_time_limit : rules.mx_open_time_limit};
}

// `time` * 2^step, not above the limit even with jitter.
base::Duration held(const Hold& hold, unsigned step, double jitter, double chance) {
    double widest = static_cast<double>(hold.limit.count()) / (1 + jitter);
    double time = std::min(
        std::ldexp(static_cast<double>(hold.time.count()), static_cast<int>(step)), widest);
    return base::Duration(static_cast<int64_t>(time * (1 + jitter * (2 * chance - 1))));
}

// The openings of a record whose time cannot grow any more stay as they are.
bool at_limit(const Hold& hold, unsigned step) {
    return std::ldexp(static_cast<double>(hold.time.count()), static_cast<int>(step)) >=
           static_cast<double>(hold.limit.count());
}

}  // namespace

std::string_view name_of(State state) {
    constexpr std::string_view names[] = {"CLOSED", "OPEN", "HALF_OPEN", "RAMP", "SLOW"};
    return names[static_cast<size_t>(state)];
}

std::string_view name_of(Admin admin) {
    constexpr std::string_view names[] = {"", "DRAIN", "DOWN", "UP"};
    return names[static_cast<size_t>(admin)];
}

uint64_t Breaker::word() const {
    return static_cast<uint64_t>(state) << state_at | static_cast<uint64_t>(admin) << admin_at |
           static_cast<uint64_t>(std::min(openings, most_openings)) << openings_at |
           static_cast<uint64_t>(tenant & 0xff) << tenant_at | to_ms(until);
}

Breaker Breaker::from(uint64_t word) {
    Breaker breaker;
    uint64_t state = word >> state_at;
    // A word that nobody here wrote reads as healthy.
    breaker.state =
        state <= static_cast<uint64_t>(State::slow) ? static_cast<State>(state) : State::closed;
    breaker.admin = static_cast<Admin>(word >> admin_at & 3);
    breaker.openings = static_cast<unsigned>(word >> openings_at & 31);
    breaker.tenant = static_cast<unsigned>(word >> tenant_at & 0xff);
    breaker.until = base::Instant(milliseconds(word & until_mask));
    return breaker;
}

State Breaker::at(base::Instant now) const {
    if (state == State::closed || now < until)
        return state;
    return state == State::open ? State::half_open
                                : (state == State::half_open ? state : State::closed);
}

std::optional<Breaker> after_failure(const Breaker& before, const Failure& failure,
                                     const Rules& rules, base::Instant now) {
    State state = before.at(now);
    bool unproven = state == State::half_open || state == State::ramp;
    bool opens = failure.row.opens || failure.score >= rules.score_threshold - near_enough ||
                 (unproven && failure.row.weight >= decisive);
    if (state == State::open || !opens)
        return std::nullopt;
    Breaker after = before;
    Hold hold = hold_of(failure, rules);
    unsigned kept = remembered(before.openings, failure.since_last, rules);
    bool grows = kept == 0 || !at_limit(hold, kept - 1);
    after.openings = std::min(kept + (grows ? 1 : 0), Breaker::most_openings);
    bool steady = failure.row.reason == Reason::all_relays_down;
    double jitter = steady ? 0 : rules.jitter;
    after.state = State::open;
    after.until = whole_ms(now + held(hold, after.step(), jitter, failure.chance));
    return after;
}

std::optional<Breaker> after_success(const Breaker& before, Scope scope, const Rules& rules,
                                     base::Instant now) {
    if (before.state != State::open && before.state != State::half_open)
        return after_time(before, now);
    Breaker after = before;
    bool ramps = scope == Scope::endpoint && rules.ramp_time > base::Duration(0);
    after.state = ramps ? State::ramp : State::closed;
    after.until = ramps ? whole_ms(now + rules.ramp_time) : base::Instant();
    return after;
}

std::optional<Breaker> after_time(const Breaker& before, base::Instant now) {
    if (before.state == State::closed || before.at(now) != State::closed)
        return std::nullopt;
    Breaker after = before;
    after.state = State::closed;
    after.until = base::Instant();
    return after;
}

std::optional<Breaker> after_slowness(const Breaker& before, const Rules& rules,
                                      base::Duration since_last, base::Instant now) {
    State state = before.at(now);
    if (state != State::closed && state != State::ramp)
        return std::nullopt;
    Breaker after = before;
    after.openings =
        std::min(remembered(before.openings, since_last, rules) + 1, Breaker::most_openings);
    Hold hold{rules.slow_hold_time, std::max(rules.mx_open_time_limit, rules.slow_hold_time)};
    after.state = State::slow;
    after.until = whole_ms(now + held(hold, after.step(), 0, 0.5));
    return after;
}

double decayed(double score, base::Duration passed, const Rules& rules) {
    if (passed <= base::Duration(0) || rules.score_half_life <= base::Duration(0))
        return score;
    return score * std::exp2(-static_cast<double>(passed.count()) /
                             static_cast<double>(rules.score_half_life.count()));
}

unsigned ramp_sessions(const Breaker& breaker, const Rules& rules, base::Instant now) {
    base::Duration left = std::max(breaker.until - now, base::Duration(0));
    base::Duration gone = std::max(rules.ramp_time - left, base::Duration(0));
    base::Duration part = std::max(rules.ramp_time / ramp_parts, base::Duration(1));
    return 1u << std::min<int64_t>(gone / part, ramp_parts - 1);
}

}  // namespace health
