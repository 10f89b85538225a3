// Racecourse is a race over servers in memory, with a trace of what happened when.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/io/stream.h"
#include "smtp/race.h"

namespace smtp_test {

using namespace std::chrono_literals;

constexpr base::Duration dead = 24h;  // longer than anybody waits

// A server's behaviour; times count from the connect, then from the connection.
struct Server {
    std::string name;             // in the trace
    size_t site = 0;              // its relay
    base::Duration connect = 0s;  // until the connection is there
    base::Duration greet = 0s;    // until it says `says`
    std::string says = "220 hello";
    int error = 0;               // the connection fails so, after `connect`
    std::string host = "";       // "" for one that has no other address
    std::string ip = "";         // "" for one of IPv4
    bool hedged = true;          // another relay may run beside it
    base::Duration lookup = 0s;  // before its relay is known
    bool kept = false;           // a session is open there
};
using Servers = std::vector<Server>;

// What happened, as "0 dial a, 1000 dial b, 1000 a lost lost_race".
class Trace {
  public:
    explicit Trace(io::ManualClock& clock) : clock_(clock), begin_(clock.now()) {}
    void note(std::string_view what) {
        auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begin_);
        base::append(text_, text_.empty() ? "" : ", ", passed.count(), " ", what);
    }
    const std::string& text() const { return text_; }

  private:
    io::ManualClock& clock_;
    base::Instant begin_;
    std::string text_;
};

class TraceDialer : public smtp::Dialer {
  public:
    TraceDialer(const Servers& servers, Trace& trace, io::Scope& scope)
        : servers_(servers), trace_(trace), scope_(scope) {}

    io::Task<std::unique_ptr<io::Wire>> dial(io::SocketAddress to,
                                             base::Instant deadline) override {
        // The place of a server is its port.
        const Server& server = servers_.at(to.port());
        trace_.note("dial " + server.name);
        ++open;
        most = std::max(most, open);
        std::exception_ptr given_up;
        try {
            base::Instant there = io::loop().now() + server.connect;
            co_await io::sleep_until(std::min(there, deadline));
            if (there > deadline)
                throw io::TimedOut();
            if (server.error != 0)
                throw base::SystemError("connect", server.error);
        } catch (...) {
            given_up = std::current_exception();
        }
        if (given_up) {
            --open;
            std::rethrow_exception(given_up);
        }
        auto [client, served] = io::wire_pair();
        scope_.spawn(serve(std::move(served), server));
        co_return std::move(client);
    }

    size_t open = 0;  // connections that are there or being made
    size_t most = 0;

  private:
    // Until the client goes; it is to say nothing.
    io::Task<void> serve(std::unique_ptr<io::Wire> wire, const Server& server) {
        io::Stream stream(std::move(wire));
        co_await io::yield();
        bool gone = co_await stream.wire().readable(io::loop().now() + server.greet);
        if (!gone) {
            stream.put(server.says + "\r\n");
            co_await stream.flush();
        }
        bool said = co_await stream.fill();
        if (said)
            trace_.note(base::text(server.name, " heard ", stream.buffered()));
        --open;
    }

    const Servers& servers_;
    Trace& trace_;
    io::Scope& scope_;
};

class ListedCandidates : public smtp::Candidates {
  public:
    ListedCandidates(const Servers& servers, Trace& trace) : servers_(servers), trace_(trace) {}

    io::Task<std::optional<smtp::Candidate>> next(const std::vector<size_t>& running) override {
        std::optional<smtp::Candidate> found;
        for (size_t i = 0; i < servers_.size() && !found; ++i) {
            if (taken_.contains(i) || std::ranges::count(running, servers_[i].site) != 0)
                continue;
            if (servers_[i].lookup != 0s)
                co_await io::sleep(servers_[i].lookup);
            found = take(i);
        }
        co_return found;
    }

    std::optional<smtp::Candidate> sibling(const smtp::Candidate& candidate) override {
        for (size_t i = 0; i < servers_.size(); ++i)
            if (!taken_.contains(i) && servers_[i].site == candidate.site &&
                servers_[i].host == candidate.endpoint.host)
                return take(i);
        return std::nullopt;
    }

    bool ended(smtp::Ended how) override {
        static const char* const names[] = {"failed", "lost", "withdrawn"};
        size_t place = how.candidate.endpoint.port();
        std::string_view cause = health::row_of(how.trouble.cause).name;
        trace_.note(base::text(servers_.at(place).name, " ", names[static_cast<int>(how.how)],
                               cause == "none" ? "" : " ", cause == "none" ? "" : cause));
        if (how.how == smtp::Ended::How::withdrawn)
            taken_.erase(place);
        else
            reasons.push_back(how.trouble.reason);
        return how.trouble.kind != smtp::Trouble::Kind::local;
    }

    base::Duration connect = 30s;
    base::Duration greeting = 300s;
    base::Instant until = base::never;
    std::vector<std::string> reasons;

  private:
    smtp::Candidate take(size_t place) {
        const Server& server = servers_[place];
        taken_.insert(place);
        smtp::Candidate candidate;
        std::string ip = server.ip.empty() ? "192.0.2.1" : server.ip;
        candidate.endpoint.address = *io::SocketAddress::inet(ip, static_cast<uint16_t>(place));
        candidate.endpoint.ip = ip;
        candidate.endpoint.host = server.host.empty() ? server.name : server.host;
        candidate.site = server.site;
        candidate.hedged = server.hedged;
        candidate.connect = connect;
        candidate.greeting = greeting;
        candidate.until = until;
        if (server.kept)
            candidate.kept = std::make_unique<smtp::Session>(io::wire_pair().first, smtp::Peer());
        return candidate;
    }

    const Servers& servers_;
    Trace& trace_;
    std::set<size_t> taken_;
};

class Racecourse {
  public:
    explicit Racecourse(Servers servers) : servers_(std::move(servers)) {}
    ~Racecourse() {
        racing_.cancel();
        loop_.run_until_idle();
        serving_.cancel();
        loop_.run_until_idle();
    }

    // To its end, or for so long; in steps of 10 ms, of a second once 20 have passed.
    std::string run(base::Duration most = 700s) {
        racing_.spawn(race());
        loop_.run_until_idle();
        while (racing_.running() != 0 && most > 0s) {
            base::Duration step = passed_ < 20s ? base::Duration(10ms) : base::Duration(1s);
            clock_.advance(step);
            passed_ += step;
            most -= step;
            loop_.run_until_idle();
        }
        return trace_.text();
    }
    void cancel() {
        racing_.cancel();
        loop_.run_until_idle();
    }
    base::Instant now() { return clock_.now(); }
    const std::string& trace() const { return trace_.text(); }

    smtp::Options options;
    smtp::Pace pace{250ms, 1s, 5s};

  private:
    io::ManualClock clock_;
    io::Loop loop_{clock_};
    Servers servers_;
    Trace trace_{clock_};
    io::Scope serving_;
    io::Scope racing_;
    base::Duration passed_{};

  public:
    ListedCandidates candidates{servers_, trace_};
    TraceDialer dialer{servers_, trace_, serving_};

  private:
    io::Task<void> race() {
        smtp::Race race(dialer, candidates, options, pace);
        smtp::Raced raced = co_await race.run();
        std::string winner =
            raced.session ? servers_.at(raced.candidate.endpoint.port()).name : "nobody";
        trace_.note(base::text(winner, raced.kept ? " wins, kept" : " wins"));
    }
};

}  // namespace smtp_test
