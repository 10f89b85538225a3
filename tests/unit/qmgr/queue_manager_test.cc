#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "lib/ipc/agent_mark.h"
#include "lib/spool/reader.h"
#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

class QmgrTest : public Instance {};

TEST_F(QmgrTest, DeliversAndForgets) {
    start();
    std::string id = send("a@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    ASSERT_EQ(agent_->requests.size(), 1u);
    const ipc::DeliveryRequest& request = agent_->requests[0];
    EXPECT_EQ(request.queue_id, id);
    EXPECT_EQ(request.nexthop, "[192.0.2.1]:25");
    EXPECT_EQ(request.recipients.size(), 2u);
    EXPECT_EQ(request.recipients[1].address, "y@example.com");
    EXPECT_EQ(request.size, 23u);
    EXPECT_TRUE(empty());
    EXPECT_EQ(logged(id + ": from=<a@example.org>, size=23, nrcpt=2 (queue active)"), 1u);
    EXPECT_EQ(logged(id + ": removed"), 1u);
}

TEST_F(QmgrTest, DefersIntoAFileWhenTheNextAttemptIsFarAway) {
    start();
    agent_->script = all(mail::Status::deferred, "451 try later");
    std::string id = send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    EXPECT_EQ(files("defer"), 1u);
    EXPECT_EQ(logged(": removed"), 0u);

    agent_->script = all(mail::Status::sent);
    manager_->trigger('D');
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    EXPECT_EQ(files("deferred"), 0u);
    EXPECT_EQ(files("defer"), 0u);
    ASSERT_EQ(agent_->requests.size(), 2u);
    EXPECT_EQ(std::get<ipc::FileRef>(agent_->requests[1].message).id, id);
}

TEST_F(QmgrTest, RetriesFromTheLogWhenTheNextAttemptIsNear) {
    start("minimal_backoff_time = 1s\nmaximal_backoff_time = 1s\n");
    agent_->script = all(mail::Status::deferred, "451 try later");
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    EXPECT_EQ(agent_->requests[1].attempts, 1u);
    EXPECT_EQ(files("deferred"), 0u);
    agent_->script = all(mail::Status::sent);
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    EXPECT_EQ(files("deferred"), 0u);
}

TEST_F(QmgrTest, SuspendsADestinationThatCannotBeReached) {
    start();
    agent_->script = [](const ipc::DeliveryRequest& request) {
        auto report = all(mail::Status::deferred, "connect to r: refused")(request);
        report.destination_trouble = "connect to r: refused";
        report.trouble_dsn = {4, 4, 1};
        return report;
    };
    for (size_t i = 1; i <= 8; ++i) {
        send("a@example.org", {"x@example.com"});
        ASSERT_TRUE(until([&] { return files("deferred") == i; }));
    }
    EXPECT_EQ(agent_->requests.size(), 4u);  // a cohort from a window of five
    EXPECT_EQ(logged("relay=none"), 4u);
    EXPECT_EQ(logged("dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to r: "
                     "refused)"),
              4u);
    EXPECT_EQ(files("deferred"), 8u);

    agent_->script = all(mail::Status::sent);
    for (char what : std::string("AFD"))
        manager_->trigger(what);
    ASSERT_TRUE(until([this] { return logged(": removed") == 8; }));
}

TEST_F(QmgrTest, DefersMailOfDeferredTransportsUntilItIsFlushed) {
    start("defer_transports = smtp\n");
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    EXPECT_EQ(logged("dsn=4.3.2, status=deferred (deferred transport)"), 1u);
    manager_->trigger('F');
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
}

TEST_F(QmgrTest, GoesOnFromTheLogAfterItWasKilled) {
    start();
    agent_->mute = true;
    std::string first = send("a@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    kill();
    // One recipient was delivered, and the agent died as well before it told anybody.
    ipc::DeliveryRequest half = agent_->requests[0];
    half.recipients.resize(1);
    agent_->mark_delivered(half);
    std::string second = send("a@example.org", {"z@example.com"});
    agent_->mute = false;
    start();
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
    ASSERT_EQ(agent_->requests.size(), 3u);
    EXPECT_EQ(agent_->requests[1].queue_id, first);
    ASSERT_EQ(agent_->requests[1].recipients.size(), 1u);
    EXPECT_EQ(agent_->requests[1].recipients[0].address, "y@example.com");
    EXPECT_EQ(agent_->requests[2].queue_id, second);
}

TEST_F(QmgrTest, AWholeFileWinsOverTheRecordItWasMadeOf) {
    std::string id = send("a@example.org", {"x@example.com"});
    start();
    agent_->script = all(mail::Status::deferred, "later");
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    kill();
    // As if the record had never been marked: a record of the same ID beside the file.
    mail::Envelope envelope;
    envelope.queue_id = id;
    envelope.arrival = base::wall_now();
    envelope.sender = "a@example.org";
    envelope.recipients.push_back({"x@example.com", "", 0, ""});
    resend(envelope);
    size_t before = agent_->requests.size();
    start();
    run_for(100ms);
    EXPECT_EQ(agent_->requests.size(), before);
    EXPECT_TRUE(empty());
}

TEST_F(QmgrTest, AFileThatIsDueWinsOverTheRecordItWasMadeOf) {
    std::string id = send("a@example.org", {"x@example.com"});
    start();
    agent_->script = all(mail::Status::deferred, "later");
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    kill();
    agent_->script = all(mail::Status::sent);
    for (auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/deferred"))
        if (entry.is_regular_file())
            std::filesystem::last_write_time(entry, std::filesystem::file_time_type::clock::now());
    constexpr int before_it = 200;  // more than are read before the clock has its turn
    for (int i = 0; i < before_it; ++i)
        send("a@example.org", {"y@example.com"});
    mail::Envelope envelope;
    envelope.queue_id = id;
    envelope.arrival = base::wall_now();
    envelope.sender = "a@example.org";
    envelope.recipients.push_back({"x@example.com", "", 0, ""});
    resend(envelope);
    size_t tried = agent_->requests.size();
    start();
    ASSERT_TRUE(until([&] { return agent_->requests.size() >= tried + before_it + 1 && empty(); }));
    run_for(50ms);
    EXPECT_EQ(agent_->requests.size(), tried + before_it + 1);
}

TEST_F(QmgrTest, WaitsForTheReportsOfAgentsThatOutliveAQmgr) {
    start();
    agent_->mute = true;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    kill();
    agent_->mute = false;
    const ipc::DeliveryRequest request = agent_->requests[0];
    agent_->pid = ::getpid();
    agent_->unreported = {{request.id, request.queue_id, request.message, {0}}};
    ipc::AgentMark mark(folder_);
    mark.set();
    start();
    run_for(100ms);
    EXPECT_EQ(agent_->requests.size(), 1u);  // not again
    EXPECT_FALSE(empty());
    ipc::DeliveryReport report = all(mail::Status::sent)(request);
    report.id = request.id;
    agent_->mark_delivered(request);
    agent_->report(report);
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    EXPECT_EQ(agent_->requests.size(), 1u);
}

TEST_F(QmgrTest, RetriesAtOnceWhatAKilledAgentHad) {
    start();
    agent_->mute = true;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    agent_->mute = false;
    agent_->die();
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    EXPECT_EQ(agent_->requests.size(), 2u);
}

TEST_F(QmgrTest, PutsAMessageAsideAfterTheThirdCrash) {
    start();
    agent_->mute = true;
    std::string bad = send("a@example.org", {"x@example.com"});
    for (size_t crash = 1; crash <= 3; ++crash) {
        ASSERT_TRUE(until([&] { return agent_->requests.size() == crash; })) << crash;
        manager_->died(static_cast<pid_t>(agent_->pid), SIGSEGV);
        agent_->die();
    }
    ASSERT_TRUE(until([this] { return files("corrupt") == 1 && empty(); }));
    EXPECT_EQ(logged(bad + ": moved to corrupt"), 1u);
    agent_->mute = false;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
}

TEST_F(QmgrTest, RemembersCrashesOverARestart) {
    start();
    agent_->mute = true;
    send("a@example.org", {"x@example.com"});
    for (size_t crash = 1; crash <= 2; ++crash) {
        ASSERT_TRUE(until([&] { return agent_->requests.size() == crash; })) << crash;
        manager_->died(static_cast<pid_t>(agent_->pid), SIGABRT);
        agent_->die();
    }
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 3; }));
    run_for(50ms);
    kill();
    start();
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 4; }));
    manager_->died(static_cast<pid_t>(agent_->pid), SIGABRT);
    agent_->die();
    ASSERT_TRUE(until([this] { return files("corrupt") == 1; }));
}

TEST_F(QmgrTest, DrainsTheLogIntoFilesThatAreDueAtOnce) {
    start();
    agent_->mute = true;
    for (int i = 0; i < 30; ++i)
        send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 15; }));
    io::Scope draining;
    draining.spawn(manager_->drain());
    // The others are with the agent.
    ASSERT_TRUE(until([this] { return files("deferred") == 15; }));
    for (const ipc::DeliveryRequest& request : agent_->requests) {
        ipc::DeliveryReport report = all(mail::Status::deferred, "shutting down")(request);
        report.id = request.id;
        agent_->report(report);
    }
    ASSERT_TRUE(until([&draining] { return draining.running() == 0; }));
    EXPECT_EQ(files("deferred"), 30u);
    EXPECT_TRUE(empty());
}

TEST_F(QmgrTest, KeepsNoMoreInMemoryThanItMay) {
    start("qmgr_message_active_limit = 10\n");
    agent_->mute = true;
    for (int i = 0; i < 25; ++i)
        send("a@example.org", {"x@example.com"});
    run_for(50ms);
    EXPECT_EQ(manager_->messages(), 10u);
    agent_->mute = false;
    for (const ipc::DeliveryRequest& request : std::vector(agent_->requests)) {
        ipc::DeliveryReport report = all(mail::Status::sent)(request);
        report.id = request.id;
        agent_->mark_delivered(request);
        agent_->report(report);
    }
    ASSERT_TRUE(until([this] { return logged(": removed") == 25; }));
}

// Content of about 30 kB, so that few messages fill a segment.
std::string long_body() {
    std::string body(30000, 'x');
    for (size_t at = 998; at < body.size(); at += 1000)
        body.replace(at, 2, "\r\n");
    return body + "\r\n";
}

TEST_F(QmgrTest, ALateRingBringsNoFinishedSegmentBack) {
    start();
    send("a@example.org", {"x@example.com"});
    const spool::Published first = writer_->published().at(0);
    spool::Options options;
    options.queue_directory = folder_;
    spool::Reader in_the_way(options, first.segment);  // so that it cannot be recycled yet
    for (int i = 0; i < 50; ++i)
        send("a@example.org", {"x@example.com"}, long_body());
    ASSERT_TRUE(until([this] { return logged(": removed") == 51; }));
    ASSERT_NE(writer_->published().at(0).segment, first.segment);
    run_for(2200ms);
    manager_->rung({{first.segment, first.epoch, options.segment_size}});
    run_for(100ms);
    EXPECT_EQ(agent_->requests.size(), 51u);
}

TEST_F(QmgrTest, RecyclesSegmentsThatAreThroughWith) {
    start();
    for (int i = 0; i < 120; ++i)  // three and a half segments
        send("a@example.org", {"x@example.com"}, long_body());
    ASSERT_TRUE(until([this] { return logged(": removed") == 120; }));
    spool::Options options;
    options.queue_directory = folder_;
    options.segment_size = 1 << 20;
    options.pool_min = 1;
    ASSERT_TRUE(until([&] {
        size_t used = 0;
        for (const spool::SegmentInfo& info : spool::Pool(options).segments())
            used += info.state != spool::SegmentState::free && info.kind == spool::Kind::mail;
        return used <= 2;  // the writer's current one and its spare
    }));
}

}  // namespace
}  // namespace qmgr
