// World is a lane with its queue, its log and scripted servers, all in memory.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/io/stream.h"
#include "smtp/flight.h"
#include "smtp/lane.h"
#include "tests/unit/lib/dns/fake_resolver.h"
#include "tests/unit/smtp/scripted_server.h"

namespace smtp_test {

using namespace std::chrono_literals;
class FakeSource : public spool::MessageSource {
  public:
    FakeSource(std::string content, bool valid) : content_(std::move(content)), valid_(valid) {}
    uint64_t size() const override { return content_.size(); }
    bool has_leading_dots() const override { return true; }
    size_t read(std::span<char> into, uint64_t offset) override {
        return content_.copy(into.data(), into.size(), offset);
    }
    bool still_valid() override { return valid_; }

  private:
    std::string content_;
    bool valid_;
};

class FakeQueue : public smtp::Queue {
  public:
    std::map<std::string, std::string> contents;  // by queue ID; others have `usual`
    std::string usual = "Subject: x\r\n\r\nhello\r\n";
    bool valid = true;
    bool readable = true;
    std::map<std::string, int> marked;  // "QID/index": times

    std::unique_ptr<spool::MessageSource> open(const ipc::DeliveryRequest& request) override {
        if (!readable)
            throw base::SystemError("open", EIO);
        auto found = contents.find(request.queue_id);
        return std::make_unique<FakeSource>(found == contents.end() ? usual : found->second, valid);
    }
    mail::Envelope client;  // of all messages
    mail::Envelope envelope(const ipc::DeliveryRequest&) override { return client; }
    void delivered(const ipc::DeliveryRequest& request,
                   const std::vector<uint32_t>& places) override {
        for (uint32_t place : places)
            ++marked[base::text(request.queue_id, "/", request.recipients[place].index)];
    }
};

// Can be written to, but not waited for.
class BrokenWire : public io::Wire {
  public:
    ssize_t try_read(std::span<char>) override { return -1; }
    ssize_t try_write(std::string_view bytes) override {
        return static_cast<ssize_t>(bytes.size());
    }
    io::Readiness::Waiting readable(base::Instant) override {
        throw base::SystemError("epoll_ctl", ENOSPC);
    }
    io::Readiness::Waiting writable(base::Instant) override {
        throw base::SystemError("epoll_ctl", ENOSPC);
    }
    void finish_writing() override {}
};

// Hosts without a script refuse connections.
class FakeDialer : public smtp::Dialer {
  public:
    std::map<std::string, std::deque<Script>> scripts;  // by "address:port" or path
    std::deque<Heard> heard;                            // one a connection, in order
    std::vector<std::string> dialled;
    int error = ECONNREFUSED;
    bool broken = false;        // connections cannot be waited for
    bool silent = false;        // unscripted hosts do not answer at all
    size_t capacity = 1 << 20;  // of a connection's buffers
    const tls::ServerContext* server_tls = nullptr;

    explicit FakeDialer(io::Scope& servers) : servers_(servers) {}

    io::Task<std::unique_ptr<io::Wire>> dial(io::SocketAddress to,
                                             base::Instant deadline) override {
        std::string name = to.is_inet() ? base::text(to.ip(), ":", to.port()) : to.path();
        dialled.push_back(name);
        if (broken)
            co_return std::make_unique<BrokenWire>();
        std::deque<Script>& ready = scripts[name];
        if (ready.empty() && silent) {
            co_await io::sleep_until(deadline);
            throw io::TimedOut();
        }
        if (ready.empty())
            throw base::SystemError("connect", error);
        auto [client, server] = io::wire_pair(capacity);
        heard.emplace_back();
        servers_.spawn(play(std::move(server), std::move(ready.front()), heard.back(), server_tls));
        ready.pop_front();
        co_return std::move(client);
    }

  private:
    io::Scope& servers_;
};

struct World : testing::Test {
    static constexpr const char* here = "[192.0.2.1]:25";
    static constexpr const char* there = "[192.0.2.2]:25";

    io::ManualClock clock;
    io::Loop loop{clock};
    io::Scope servers;
    io::Scope lanes;
    smtp::Options options;
    FakeQueue queue;
    FakeDialer dialer{servers};
    smtp::IdleSessions idle{options};
    std::vector<ipc::DeliveryReport> reports;
    dns_test::FakeResolver names;
    dns::HostsFile hosts_file{"/dev/null"};
    dns::SearchList search_list{"/dev/null"};
    dns::HostLookup hosts{names, hosts_file, search_list, {}};
    nexthop::SiteLookup sites{options.nexthop.lookup, names, hosts};
    smtp::Relays relays{nullptr, "smtp", options};
    smtp::Lane lane{smtp::Workshop{options, queue, dialer, idle, sites, relays},
                    [this](std::unique_ptr<smtp::Job> job) { reports.push_back(job->report()); }};
    uint64_t last_id = 0;
    std::string log;

    World() {
        options.helo_name = options.myhostname = options.nexthop.lookup.myhostname =
            "client.example";
        options.nexthop.lookup.randomize = false;
        testing::internal::CaptureStderr();
    }
    void TearDown() override {
        lanes.cancel();
        loop.run_until_idle();
        lanes.spawn(idle.run());
        loop.run_until_idle();
        lanes.cancel();
        servers.cancel();
        loop.run_until_idle();
        base::log::flush();
        log += testing::internal::GetCapturedStderr();
        if (HasFailure()) {
            std::cerr << log;
            for (const Heard& one : dialer.heard)
                std::cerr << "server: " << one.wrong << "\n";
        }
    }

    void serve(const std::string& at, Script script) {
        dialer.scripts[at].push_back(std::move(script));
    }
    ipc::DeliveryRequest request(const std::vector<std::string>& recipients,
                                 const std::string& nexthop = here) {
        ipc::DeliveryRequest made;
        made.id = ++last_id;
        made.queue_id = base::text("Q", last_id);
        made.sender = "s@example.org";
        made.nexthop = nexthop;
        made.arrival = made.active_since = loop.wall();
        made.size = queue.usual.size();
        for (const std::string& address : recipients) {
            ipc::DeliveryRecipient recipient;
            recipient.index = static_cast<uint32_t>(made.recipients.size()) + 5;
            recipient.address = address;
            made.recipients.push_back(recipient);
        }
        return made;
    }
    // As Postfix does it: no place is tried beside another, a relay's refusal is a refusal.
    void without_failover() {
        auto settings = std::make_shared<smtp::FailoverSettings>();
        settings->health = false;
        options.failover = std::move(settings);
    }
    void add(ipc::DeliveryRequest made) {
        lane.add(std::make_unique<smtp::Job>(std::move(made), options, queue));
    }
    // Runs the lane until nothing more happens.
    void run() {
        lanes.spawn(lane.run());
        loop.run_until_idle();
    }
    void deliver(const std::vector<std::string>& recipients, const std::string& nexthop = here) {
        add(request(recipients, nexthop));
        run();
    }
    void pass(base::Duration time) {
        clock.advance(time);
        loop.run_until_idle();
    }
    void read_log() {
        base::log::flush();
        log += testing::internal::GetCapturedStderr();
        testing::internal::CaptureStderr();
    }

    // "sent 2.0.0 250 ok": status, code and reason of recipient `index` in report `number`.
    std::string outcome(size_t number, size_t index = 0) {
        if (number >= reports.size())
            return "no report";
        for (const mail::Outcome& one : reports[number].outcomes)
            if (one.recipient == index + 5)
                return base::text(mail::status_text(one.status), " ", one.dsn.text(), " ",
                                  one.reason);
        return "no outcome";
    }
    void expect_played() {
        for (const Heard& one : dialer.heard) {
            EXPECT_EQ(one.wrong, "");
            EXPECT_TRUE(one.finished);
        }
    }
};

}  // namespace smtp_test
