// The agent and one qmgr after another.
#include "smtp/agent.h"

#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/listen.h"
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

const Script server = {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 250 ok", "C RCPT",
                       "S 250 ok", "C DATA", "S 354 go", "D",      "S 250 ok", "Z"};

// qmgr's end of one connection.
struct Qmgr {
    std::unique_ptr<io::Wire> requests;
    std::unique_ptr<io::Stream> reports;
    std::vector<ipc::AgentHello> hellos;
    std::vector<ipc::DeliveryReport> got;
    std::function<void()> at_report;
    bool left = false;  // the agent said so
    bool over = false;

    void take(ipc::DeliveryReport report) {
        got.push_back(std::move(report));
        if (at_report)
            at_report();
    }
};

io::Task<void> listen(Qmgr& qmgr) {
    while (true) {
        std::optional<ipc::Frame> frame = co_await ipc::read_frame(*qmgr.reports);
        if (!frame)
            break;
        if (frame->type == static_cast<uint8_t>(ipc::DeliveryFrame::hello))
            qmgr.hellos.push_back(ipc::AgentHello::decode(frame->payload));
        else if (frame->type == static_cast<uint8_t>(ipc::DeliveryFrame::report))
            qmgr.take(ipc::DeliveryReport::decode(frame->payload));
        else
            qmgr.left = frame->type == static_cast<uint8_t>(ipc::DeliveryFrame::leaving);
    }
    qmgr.over = true;
}

struct AgentTest : World {
    io::Event draining;
    smtp::Agent agent{options, queue, dialer, sites, relays, draining, 2};
    io::Scope serving;
    std::deque<Qmgr> qmgrs;

    Qmgr& connect() {
        auto [requests, in] = io::wire_pair();
        auto [told, out] = io::wire_pair();
        Qmgr& qmgr = qmgrs.emplace_back();
        qmgr.requests = std::move(requests);
        qmgr.reports = std::make_unique<io::Stream>(std::move(told));
        serving.spawn(agent.serve(std::move(in), std::move(out)));
        serving.spawn(listen(qmgr));
        loop.run_until_idle();
        return qmgr;
    }
    void disconnect(Qmgr& qmgr) {
        qmgr.requests.reset();
        loop.run_until_idle();
    }
    void ask(Qmgr& qmgr, const std::string& bytes) {
        qmgr.requests->try_write(bytes);
        loop.run_until_idle();
    }
    std::string frame(ipc::DeliveryRequest made, uint32_t number) {
        made.lane = number;
        std::string payload = made.encode();
        base::Encoder out;
        out.u32(static_cast<uint32_t>(payload.size() + 1));
        out.u8(static_cast<uint8_t>(ipc::DeliveryFrame::request)).bytes(payload);
        return out.take();
    }
    void TearDown() override {
        while (!qmgrs.empty()) {
            serving.cancel();
            loop.run_until_idle();
            qmgrs.pop_front();
        }
        servers.cancel();
        lanes.spawn(agent.keep_house());
        pass(700s);
        lanes.spawn(agent.finish());
        pass(700s);
        World::TearDown();
    }
};

TEST_F(AgentTest, ReportsWhatItWasAskedFor) {
    Qmgr& qmgr = connect();
    ASSERT_EQ(qmgr.hellos.size(), 1u);
    EXPECT_TRUE(qmgr.hellos[0].unreported.empty());
    EXPECT_EQ(qmgr.hellos[0].pid, getpid());
    serve("192.0.2.1:25", server);
    ask(qmgr,
        frame(request({"a@x"}), 1) + frame(request({"b@x"}, there), 2) + frame(request({}), 3));
    ASSERT_EQ(qmgr.got.size(), 3u);
    EXPECT_TRUE(agent.nothing_owed());
    size_t sent = 0;
    for (const ipc::DeliveryReport& report : qmgr.got)
        for (const mail::Outcome& outcome : report.outcomes)
            sent += outcome.status == mail::Status::sent ? 1 : 0;
    EXPECT_EQ(sent, 1u);
}

TEST_F(AgentTest, TheNextQmgrHearsOfWhatTheLastOneAskedFor) {
    Qmgr& first = connect();
    Script slow = {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "Z"};
    serve("192.0.2.1:25", slow);
    ask(first, frame(request({"a@x"}), 1));
    ask(first, frame(request({"b@x"}), 1));
    disconnect(first);
    EXPECT_FALSE(agent.nothing_owed());

    Qmgr& second = connect();
    ASSERT_EQ(second.hellos.size(), 1u);
    ASSERT_EQ(second.hellos[0].unreported.size(), 2u);
    EXPECT_EQ(second.hellos[0].unreported[0].queue_id, "Q1");
    EXPECT_EQ(second.hellos[0].unreported[0].recipients, std::vector<uint32_t>{5});
    EXPECT_TRUE(second.got.empty());
    disconnect(second);

    // Both end while no qmgr is there.
    pass(300s);
    pass(300s);
    Qmgr& third = connect();
    ASSERT_EQ(third.hellos[0].unreported.size(), 2u);
    ASSERT_EQ(third.got.size(), 2u);
    EXPECT_EQ(third.got[0].id, 1u);
    EXPECT_TRUE(agent.nothing_owed());
    disconnect(third);

    Qmgr& fourth = connect();
    EXPECT_TRUE(fourth.hellos[0].unreported.empty());
}

TEST_F(AgentTest, SessionsStayWithinTheLimit) {
    Qmgr& qmgr = connect();
    for (int i = 0; i < 5; ++i)
        serve("192.0.2.1:25", {"S 220 mx", "C EHLO", "Z"});
    std::string all;
    for (uint32_t number = 1; number <= 5; ++number)
        all += frame(request({"a@x"}), number);
    ask(qmgr, all);
    EXPECT_EQ(dialer.heard.size(), 2u);
    pass(300s);
    EXPECT_EQ(dialer.heard.size(), 4u);
    EXPECT_EQ(qmgr.got.size(), 2u);
    pass(300s);
    pass(300s);
    EXPECT_EQ(qmgr.got.size(), 5u);
}

TEST_F(AgentTest, AnErrorOfOursDefersAndHoldsNothingUp) {
    Qmgr& qmgr = connect();
    dialer.broken = true;
    std::string all;
    for (uint32_t number = 1; number <= 6; ++number)
        all += frame(request({"a@x"}), number % 3);
    ask(qmgr, all);
    ASSERT_EQ(qmgr.got.size(), 6u);
    for (const ipc::DeliveryReport& report : qmgr.got) {
        EXPECT_EQ(report.outcomes.at(0).status, mail::Status::deferred);
        EXPECT_EQ(report.outcomes.at(0).reason, "epoll_ctl: No space left on device");
    }
    dialer.broken = false;
    serve("192.0.2.1:25", server);
    ask(qmgr, frame(request({"b@x"}), 1));
    ASSERT_EQ(qmgr.got.size(), 7u);
    EXPECT_EQ(qmgr.got[6].outcomes.at(0).status, mail::Status::sent);
}

TEST_F(AgentTest, WhatIsReportedStandsInTheLog) {
    std::string path = base::text("/tmp/agent_test.", ::getpid());
    base::Fd receiver = io::bind_datagram(path, 0600);
    base::log::Options to_receiver;
    to_receiver.postlog_socket = path;
    base::log::open(to_receiver);
    Qmgr& qmgr = connect();
    serve("192.0.2.1:25", server);
    std::string lines(4096, '\0');
    qmgr.at_report = [&] {
        ssize_t n = ::recv(receiver.get(), lines.data(), lines.size(), MSG_DONTWAIT);
        lines.resize(n < 0 ? 0 : static_cast<size_t>(n));
    };
    ask(qmgr, frame(request({"a@x"}), 1));
    base::log::Options aloud;
    aloud.only_stderr = true;
    base::log::open(aloud);
    ::unlink(path.c_str());
    ASSERT_EQ(qmgr.got.size(), 1u);
    EXPECT_NE(lines.find("status=sent"), std::string::npos) << lines;
}

TEST_F(AgentTest, LeavesOnceAllIsTold) {
    Qmgr& qmgr = connect();
    serve("192.0.2.1:25", {"S 220 mx", "C EHLO", "Z"});
    ask(qmgr, frame(request({"a@x"}), 1));
    draining.set();
    pass(10s);
    EXPECT_TRUE(qmgr.left);
    EXPECT_FALSE(qmgr.over);
    // What crossed the word of leaving is done as well.
    serve("192.0.2.2:25", server);
    ask(qmgr, frame(request({"b@x"}, there), 2));
    EXPECT_EQ(qmgr.got.size(), 1u);
    pass(300s);
    EXPECT_EQ(qmgr.got.size(), 2u);
    EXPECT_TRUE(qmgr.over);
}

TEST_F(AgentTest, TakesNothingOnceItsReportsReachNobody) {
    Qmgr& qmgr = connect();
    draining.set();
    pass(0s);
    pass(10s);
    EXPECT_TRUE(qmgr.over);
    serve("192.0.2.1:25", server);
    ask(qmgr, frame(request({"a@x"}), 1));
    EXPECT_TRUE(dialer.dialled.empty());
    EXPECT_TRUE(queue.marked.empty());
    EXPECT_TRUE(agent.nothing_owed());
}

TEST_F(AgentTest, NonsenseEndsTheConnectionOnly) {
    for (const std::string& bytes :
         {std::string("\xff\xff\xff\xff", 4), std::string("\1\0\0\0\3", 5),
          std::string("\5\0\0\0\2abcd", 9)}) {
        Qmgr& qmgr = connect();
        ask(qmgr, bytes);
        disconnect(qmgr);
        EXPECT_TRUE(qmgr.over);
    }
    std::string twice = frame(request({"a@x"}), 1);
    Qmgr& qmgr = connect();
    ask(qmgr, twice + twice);
    disconnect(qmgr);
    Qmgr& next = connect();
    EXPECT_EQ(qmgr.got.size() + next.got.size(), 1u);
    read_log();
    EXPECT_NE(log.find("malformed delivery request from qmgr"), std::string::npos) << log;
}

}  // namespace
}  // namespace smtp_test
