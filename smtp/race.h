// Race finds a place that is ready to talk, and does not wait long for any single one.
//
// Within one host it is RFC 8305's: its next address is tried beside the first when that has no
// connection yet, two at a time, and the first connection is kept. Across the relays of a list
// another one is tried when those that run are all slow, two at a time: no connection or, over a
// connection, no greeting. The first to greet wins. A third makes the oldest of two give way, so
// that the last two have all the time that their limits give them. Nothing is sent to any server.
//
// Where nothing may run beside a candidate, the next one starts when it has failed.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "lib/io/task.h"
#include "smtp/candidates.h"
#include "smtp/dialer.h"
#include "smtp/options.h"
#include "smtp/pace.h"
#include "smtp/runner.h"

namespace smtp {

// The winner; without a session there is none.
struct Raced {
    Raced() = default;
    std::unique_ptr<Session> session;
    Candidate candidate;
    bool kept = false;  // the session was there already, ready for mail
};

class Race {
  public:
    // All of it outlives the race.
    Race(Dialer& dialer, Candidates& candidates, const Options& options, const Pace& pace)
        : dialer_(dialer), candidates_(candidates), options_(options), pace_(pace) {}

    // Once. Throws what next() throws, and what goes wrong here rather than at a server.
    io::Task<Raced> run();

  private:
    using Runners = std::vector<std::unique_ptr<Runner>>;

    io::Task<void> hold();
    io::Task<void> clear_course();
    io::Task<void> ask(std::vector<size_t> running);
    bool find_winner();
    void sort_out();
    void settle_addresses();
    const Runner* ahead_of(size_t place) const;
    void start_due();
    void start_siblings();
    void start(Candidate candidate);
    void make_room(const Runner& started);
    void remove(size_t place, Ended::How how);

    std::vector<size_t> running() const;
    bool wants_sibling(const Runner& runner) const;
    base::Instant sibling_due(const Runner& runner) const;
    base::Instant relay_due(size_t site) const;
    base::Instant another_due() const;
    base::Instant next_start() const;

    Dialer& dialer_;
    Candidates& candidates_;
    const Options& options_;
    const Pace& pace_;
    Runners runners_;  // in the order of their start
    Runners stopped_;  // to be joined
    std::unique_ptr<Runner> winner_;
    std::optional<Candidate> reserve_;  // found, not started yet
    bool asking_ = false;
    bool none_left_ = false;  // said next() of those that do not run
    bool over_ = false;
    std::exception_ptr error_;  // of next()
    io::Event news_;
    io::Scope scope_;
};

}  // namespace smtp
