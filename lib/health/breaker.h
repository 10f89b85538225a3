// Breaker is the state of one record, as one 64-bit word, changed by pure functions of time.
//
// CLOSED -> OPEN -> HALF_OPEN -> RAMP -> CLOSED, SLOW beside them. HALF_OPEN is never stored: it is
// what OPEN is once its time has come. RAMP and SLOW end by time alone in the same way. Only
// endpoints ramp up; an identity or a next hop closes at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/base/time.h"
#include "lib/health/reasons.h"
#include "lib/health/rules.h"

namespace health {

enum class State : uint8_t { closed, open, half_open, ramp, slow };
enum class Admin : uint8_t { none, drain, down, up };

std::string_view name_of(State state);  // "HALF_OPEN"
std::string_view name_of(Admin admin);  // "DRAIN"; "" for none

struct Breaker {
    State state = State::closed;
    Admin admin = Admin::none;
    unsigned openings = 0;  // that are remembered, at most most_openings; the step k is one less
    unsigned tenant = 0;    // changes with the owner of a slot, so that its last owner cannot write
    base::Instant until{};  // whole milliseconds; of open, ramp and slow

    static constexpr unsigned most_openings = 31;

    uint64_t word() const;
    static Breaker from(uint64_t word);
    bool operator==(const Breaker&) const = default;

    // The state at `now`, with what time alone has changed.
    State at(base::Instant now) const;
    unsigned step() const { return openings > 0 ? openings - 1 : 0; }
};

struct Failure {
    const ReasonRow& row;
    Scope scope;
    bool configured = false;
    double score = 0;  // with this failure in it
    base::Duration since_last{0};
    double chance = 0.5;  // 0 … 1, for jitter: 0.5 is none
};

// The breaker after the failure; none where it stays as it is.
std::optional<Breaker> after_failure(const Breaker& before, const Failure& failure,
                                     const Rules& rules, base::Instant now);
// After a message was taken, or a probe answered.
std::optional<Breaker> after_success(const Breaker& before, Scope scope, const Rules& rules,
                                     base::Instant now);
// A RAMP or SLOW whose time is over, as CLOSED.
std::optional<Breaker> after_time(const Breaker& before, base::Instant now);
// From CLOSED or RAMP to SLOW.
std::optional<Breaker> after_slowness(const Breaker& before, const Rules& rules,
                                      base::Duration since_last, base::Instant now);

// A score after `passed`.
double decayed(double score, base::Duration passed, const Rules& rules);
// How many sessions a record in RAMP may have: 1, 2, 4 … 32 in six parts of ramp_time.
unsigned ramp_sessions(const Breaker& breaker, const Rules& rules, base::Instant now);

}  // namespace health
