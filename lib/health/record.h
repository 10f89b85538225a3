// Record is one subject's place in the table: a handle to look at it and to tell it what happened.
//
// Everything may be called at any time from any process. A handle whose slot was given to another
// subject reads as healthy and changes nothing; that happens only to records that are not worth
// keeping (see table.h).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/time.h"
#include "lib/health/breaker.h"
#include "lib/health/latency.h"
#include "lib/health/layout.h"
#include "lib/health/reasons.h"
#include "lib/health/rules.h"
#include "lib/health/subject.h"
#include "lib/health/transition.h"

namespace health {

class Table;

// A record at one moment; without allocation.
struct View {
    State state = State::closed;  // half_open: OPEN whose time has come
    Admin admin = Admin::none;    // an expired one is none
    base::Instant until{};        // of open, ramp, slow
    base::Instant since{};        // of the state
    base::Instant admin_until = base::never;
    unsigned step = 0;  // k: it was opened for open_time * 2^k
    double score = 0;   // decayed
    unsigned fails = 0;
    Reason reason = Reason::none;
    Pace pace;
    unsigned in_flight = 0;
    unsigned window = 0;  // sessions it may have for being crowded; 0: any number
    pid_t prober = 0;     // who has the lease; 0: nobody
    base::Instant lease_until{};
    Scope scope = Scope::endpoint;
    bool configured = false;

    enum class Use : uint8_t {
        normal,
        slow,   // only if nothing better is at hand
        probe,  // only by the holder of the probe lease
        none    // while any peer is usable; admin drain and down: never
    };
    Use use() const;
    // Drained or down: not even when nothing else is left.
    bool barred() const { return admin == Admin::drain || admin == Admin::down; }
    bool suspect() const { return state == State::closed && score > 0.05; }
};

struct Names {
    std::string key, label, service;
    std::string who, text;  // of the administrator
};

class Record {
  public:
    bool live() const;
    View look(base::Instant now, const Rules& rules = {}) const;
    Names names() const;
    std::string label() const;

    // `message` tells messages apart for reasons that need several; 0: each is another.
    std::optional<Transition> fail(Reason reason, const Rules& rules, base::Instant now,
                                   uint64_t message = 0) const;
    // A message was taken, or a probe answered. Costs two reads where all is well.
    std::optional<Transition> succeed(const Rules& rules, base::Instant now) const;
    // Makes real what time alone has changed: the end of RAMP, SLOW and an administrator's word.
    std::optional<Transition> settle(base::Instant now) const;
    std::optional<Transition> eject_slow(const Rules& rules, base::Instant now) const;

    // The probe lease; true for its holder too, whom it gives more time. One lease a record.
    bool take_lease(pid_t pid, base::Duration time, base::Instant now) const;
    void end_lease(pid_t pid) const;
    // A person wants a probe now, whatever the state: the number of the wish. A prober that sees
    // probe_wanted() above probe_answered() probes, and tells what came of it (none: it is well).
    uint64_t want_probe() const;
    uint64_t probe_wanted() const;
    uint64_t probe_answered() const;
    void answer_probe(uint64_t wish, Reason reason) const;
    Reason probe_result() const;

    // One session more of this process, unless RAMP or a crowded endpoint have no room for it.
    bool begin(base::Instant now, const Rules& rules = {}) const;
    void end() const;

    void latency(Latency kind, base::Duration time) const;

    // `until` base::never: until taken back.
    std::optional<Transition> set_admin(Admin admin, std::string_view who, std::string_view text,
                                        base::Instant until, base::Instant now) const;
    // Forgets all that was learned and said of it.
    std::optional<Transition> reset(std::string_view who, base::Instant now) const;

    // A state from a snapshot, times already those of this machine's clock.
    struct Kept {
        Breaker breaker;
        base::Instant since{}, failed_at{}, admin_until = base::never;
        double score = 0;
        unsigned fails = 0;
        Reason reason = Reason::none;
        Pace pace;
        std::string who, text;
    };
    Kept keep(base::Instant now, const Rules& rules) const;
    void restore(const Kept& kept, base::Instant now) const;

  private:
    friend class Table;
    Record(const Table& table, size_t slot, uint64_t tag);
    Cell& cell() const;
    Detail& detail() const;
    double add_score(double weight, const Rules& rules, base::Instant now) const;
    bool enough_distinct(const ReasonRow& row, uint64_t message, base::Instant now) const;
    void crowd(base::Instant now) const;
    void forgive() const;
    unsigned window_at(base::Instant now) const;
    Admin admin_at(const Breaker& breaker, base::Instant now) const;
    bool replace(Breaker& expected, const Breaker& wanted, base::Instant now) const;
    Transition told(std::string_view from, std::string_view to, std::string reason,
                    base::Duration retry_in) const;

    const Table* table_;
    size_t slot_;
    uint64_t tag_;
    unsigned tenant_;
};

}  // namespace health
