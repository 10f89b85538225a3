// What a sender is told beside failures: deliveries, first attempts, probes; and what they are not.
#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

// x is delivered, y deferred, z refused.
ipc::DeliveryReport by_name(const ipc::DeliveryRequest& request) {
    ipc::DeliveryReport report = all(mail::Status::sent)(request);
    auto later = all(mail::Status::deferred, "450 later")(request);
    auto never = all(mail::Status::bounced, "550 never")(request);
    for (size_t i = 0; i < request.recipients.size(); ++i) {
        char name = request.recipients[i].address[0];
        if (name != 'x')
            report.outcomes[i] = name == 'y' ? later.outcomes[i] : never.outcomes[i];
    }
    return report;
}

class QmgrAnnouncing : public Instance {
  protected:
    QmgrAnnouncing() { agent_->script = by_name; }

    std::string send_noted(const std::string& names, const std::string& trace, uint32_t notify,
                           const std::string& sender = "a@example.org") {
        mail::Envelope envelope;
        envelope.sender = sender;
        envelope.arrival = base::wall_now();
        for (char name : names)
            envelope.recipients.push_back({std::string(1, name) + "@example.com", "", notify, ""});
        if (!trace.empty())
            envelope.more["trace_flags"] = trace;
        return send(std::move(envelope), "text\r\n");
    }
    // "x sent, y deferred" of the nth request for a report.
    std::string told(size_t number) const {
        const ipc::BounceRequest& request = bounce_requests_.at(number);
        std::string out;
        for (size_t i = 0; i < request.outcomes.size(); ++i)
            out += std::string(i ? ", " : "") + request.envelope.recipients[i].address[0] + " " +
                   std::string(mail::status_text(request.outcomes[i].status));
        return out;
    }
};

TEST_F(QmgrAnnouncing, TellsOfDeliveriesWhoeverAsked) {
    start();
    std::string id = send_noted("xx", "", mail::notify_success | mail::notify_failure);
    ASSERT_TRUE(until([&] { return logged(id + ": removed") == 1; }));
    ASSERT_EQ(bounce_requests_.size(), 1u);
    EXPECT_EQ(bounce_requests_[0].kind, ipc::ReportKind::success);
    EXPECT_EQ(told(0), "x sent, x sent");
    EXPECT_EQ(bounce_requests_[0].outcomes[0].remote_mta, "r.example");
    EXPECT_EQ(bounce_requests_[0].outcomes[0].diagnostic, "250 Ok");
    ASSERT_TRUE(until([this] { return empty(); }));
    EXPECT_EQ(agent_->requests.size(), 2u) << "the message and the report";
}

TEST_F(QmgrAnnouncing, LeavesItToTheNextHostThatDoes) {
    start();
    agent_->script = [](const ipc::DeliveryRequest& request) {
        ipc::DeliveryReport report = by_name(request);
        report.told_by_next_host = {0};
        return report;
    };
    send_noted("xx", "", mail::notify_success);
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
    EXPECT_EQ(told(0), "x sent");
    EXPECT_EQ(bounce_requests_[0].outcomes[0].recipient, 1u);
}

TEST_F(QmgrAnnouncing, TellsNobodyWhoDidNotAsk) {
    start();
    for (uint32_t notify : {0u, mail::notify_failure, mail::notify_never})
        send_noted("x", "", notify);
    send_noted("x", "", mail::notify_success, "");
    ASSERT_TRUE(until([this] { return logged(": removed") == 4; }));
    EXPECT_TRUE(bounce_requests_.empty());
}

TEST_F(QmgrAnnouncing, ReturnsNothingToWhoWantsNoFailures) {
    start();
    for (uint32_t notify : {mail::notify_never, mail::notify_success, mail::notify_delay})
        send_noted("z", "", notify);
    ASSERT_TRUE(until([this] { return logged(": removed") == 3; }));
    EXPECT_TRUE(bounce_requests_.empty());
    send_noted("z", "", mail::notify_failure);
    ASSERT_TRUE(until([this] { return bounce_requests_.size() == 1; }));
    EXPECT_EQ(bounce_requests_[0].kind, ipc::ReportKind::failure);
}

TEST_F(QmgrAnnouncing, ReportsTheFirstAttemptOnly) {
    start();
    send_noted("xyz", "1024", 0);
    ASSERT_TRUE(until([this] { return files("deferred") == 1; }));
    ASSERT_EQ(bounce_requests_.size(), 2u);
    EXPECT_EQ(bounce_requests_[0].kind, ipc::ReportKind::status);
    EXPECT_EQ(told(0), "x sent, y deferred, z bounced");
    EXPECT_EQ(bounce_requests_[1].kind, ipc::ReportKind::failure);
    EXPECT_EQ(told(1), "z bounced");
    size_t before = agent_->requests.size();
    manager_->trigger('F');
    manager_->trigger('D');
    ASSERT_TRUE(until([&] { return agent_->requests.size() > before; }));
    run_for(50ms);
    EXPECT_EQ(bounce_requests_.size(), 2u);
}

TEST_F(QmgrAnnouncing, AsksAndDeliversNothing) {
    start();
    std::string id = send_noted("xyz", "512", 0);
    ASSERT_TRUE(until([&] { return logged(id + ": removed") == 1; }));
    EXPECT_TRUE(agent_->requests[0].probe);
    ASSERT_EQ(bounce_requests_.size(), 1u);
    EXPECT_EQ(bounce_requests_[0].kind, ipc::ReportKind::probe);
    EXPECT_EQ(told(0), "x sent, y deferred, z bounced");
    ASSERT_TRUE(until([this] { return empty(); }));
    EXPECT_EQ(files("deferred"), 0u);
    EXPECT_FALSE(agent_->requests[1].probe) << "the report itself";
}

TEST_F(QmgrAnnouncing, FlushesTheMailForASite) {
    start("spool_age_limit = 1h\n");
    agent_->script = all(mail::Status::deferred, "450 later");
    send("a@example.org", {"x@one.example", "y@two.example"});
    send("a@example.org", {"y@two.example"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    run_for(50ms);
    EXPECT_EQ(control(ipc::ControlVerb::flush_site, "ONE.example").entries.size(), 1u);
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 3; }));
    run_for(50ms);
    EXPECT_EQ(control(ipc::ControlVerb::flush_site, "three.example").entries.size(), 0u);
    EXPECT_EQ(control(ipc::ControlVerb::flush_site, "two.example").entries.size(), 2u);
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 5; }));
}

TEST_F(QmgrAnnouncing, FlushesTheFilesForASite) {
    start();
    agent_->script = all(mail::Status::deferred, "450 later");
    std::string id = send("a@example.org", {"x@one.example"});
    send("a@example.org", {"y@two.example"});
    ASSERT_TRUE(until([this] { return files("deferred") == 2 && empty(); }));
    size_t before = agent_->requests.size();
    auto flushed = control(ipc::ControlVerb::flush_site, "one.example").entries;
    ASSERT_EQ(flushed.size(), 1u);
    EXPECT_EQ(flushed[0].queue_id, id);
    ASSERT_TRUE(until([&] { return agent_->requests.size() == before + 1; }));
    EXPECT_EQ(agent_->requests.back().queue_id, id);
}

}  // namespace
}  // namespace qmgr
