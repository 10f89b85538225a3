// Runner is one connection on its way to the server's greeting, beside others.
#pragma once

#include <exception>
#include <memory>
#include <optional>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "lib/io/task.h"
#include "smtp/candidates.h"
#include "smtp/dialer.h"
#include "smtp/options.h"
#include "smtp/session.h"
#include "smtp/trouble.h"

namespace smtp {

class Runner {
  public:
    explicit Runner(Candidate candidate);

    // Connects, and hears the greeting; sets `news` when the connection is there, and at the end.
    // All of it outlives the runner, which is to be joined.
    void start(Dialer& dialer, const Options& options, io::Event& news);
    // Closes the connection, whatever it is at.
    void stop() { scope_.cancel(); }
    // Behind stop(), or when over().
    io::Task<void> join();

    const Candidate& candidate() const { return candidate_; }
    base::Instant started() const { return started_; }
    // When the connection was made.
    std::optional<base::Instant> connected() const { return connected_; }
    bool over() const { return over_; }
    bool greeted() const { return over_ && !trouble_ && !error_; }
    // What went wrong here, and not with the server; null for nothing.
    const std::exception_ptr& error() const { return error_; }
    bool same_host(const Runner& other) const;

    // Asked once whether its host has another address, which it had not.
    bool only_address = false;

    std::unique_ptr<Session> take_session() { return std::move(session_); }
    // What is said of it when another one won, or it failed. It has no candidate any more.
    Ended end(Ended::How how);

  private:
    io::Task<void> run(Dialer& dialer, const Options& options, io::Event& news);
    io::Task<void> connect(Dialer& dialer);
    io::Task<void> wrap(const Options& options);
    Trouble too_slow() const;

    Candidate candidate_;
    base::Instant started_;
    std::optional<base::Instant> connected_;
    std::unique_ptr<Session> session_;
    std::optional<Trouble> trouble_;
    std::exception_ptr error_;
    bool over_ = false;
    io::Scope scope_;
};

}  // namespace smtp
