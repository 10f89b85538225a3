// Reports owed: each is sent once, whatever dies at which step.
#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

class QmgrReports : public Instance {
  protected:
    // Mail to this address is refused for good, all other mail is delivered.
    static ipc::DeliveryReport refuse_x(const ipc::DeliveryRequest& request) {
        auto sent = all(mail::Status::sent)(request);
        auto refused = all(mail::Status::bounced, "550 no such user")(request);
        for (size_t i = 0; i < request.recipients.size(); ++i)
            if (request.recipients[i].address == "x@example.com")
                sent.outcomes[i] = refused.outcomes[i];
        return sent;
    }
    QmgrReports() { agent_->script = refuse_x; }

    // How many reports went to the sender.
    size_t delivered_reports() const {
        size_t count = 0;
        for (const ipc::DeliveryRequest& request : agent_->requests)
            count += request.sender.empty();
        return count;
    }
    bool all_done() { return empty() && delivered_reports() > 0; }
};

TEST_F(QmgrReports, TellTheSenderOfThoseThatFailedOnly) {
    start();
    std::string id = send("a@example.org", {"y@example.com", "x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
    ASSERT_EQ(bounce_requests_.size(), 1u);
    EXPECT_EQ(bounce_requests_[0].envelope.queue_id, id);
    ASSERT_EQ(bounce_requests_[0].envelope.recipients.size(), 1u);
    EXPECT_EQ(bounce_requests_[0].envelope.recipients[0].address, "x@example.com");
    EXPECT_EQ(bounce_requests_[0].outcomes[0].reason, "550 no such user");
    EXPECT_EQ(delivered_reports(), 1u);
}

TEST_F(QmgrReports, OfTheNullSenderAreDropped) {
    start();
    send("", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    EXPECT_TRUE(bounce_requests_.empty());
    EXPECT_EQ(logged("undeliverable, not returned since it has no sender"), 1u);
}

TEST_F(QmgrReports, AreKeptBackBySoftBounce) {
    start("soft_bounce = yes\n");
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1; }));
    EXPECT_TRUE(bounce_requests_.empty());
}

TEST_F(QmgrReports, ComeWhenTheTimeInTheQueueIsOver) {
    start("maximal_queue_lifetime = 0\n");
    agent_->script = [](const ipc::DeliveryRequest& request) {
        if (request.sender.empty())
            return all(mail::Status::sent)(request);
        return all(mail::Status::deferred, "451 later")(request);
    };
    std::string id = send("a@example.org", {"y@example.com"});
    ASSERT_TRUE(until([this] { return all_done(); }));
    EXPECT_EQ(logged(id + ": from=<a@example.org>, status=expired, returned to sender"), 1u);
    EXPECT_EQ(bounce_requests_.at(0).outcomes[0].reason, "451 later");
}

TEST_F(QmgrReports, AreAskedForAgainWhenBounceCannot) {
    start();
    bounce_ = Bounce::refuses;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return bounce_requests_.size() == 1; }));
    bounce_ = Bounce::answers;
    ASSERT_TRUE(until([this] { return all_done(); }));
    EXPECT_EQ(delivered_reports(), 1u);
}

TEST_F(QmgrReports, AreSentOnceWhenBounceDiesBeforeTheCommit) {
    start();
    bounce_ = Bounce::dies;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return bounce_requests_.size() == 1; }));
    bounce_ = Bounce::answers;
    ring();
    ASSERT_TRUE(until([this] {
        ring();
        return all_done();
    }));
    EXPECT_EQ(delivered_reports(), 1u);
}

TEST_F(QmgrReports, AreSentOnceWhenBounceDiesAfterTheCommit) {
    start();
    bounce_ = Bounce::commits_and_dies;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] {
        ring();
        return all_done();
    }));
    EXPECT_EQ(bounce_requests_.size(), 1u);
    EXPECT_EQ(delivered_reports(), 1u);
}

TEST_F(QmgrReports, AreSentOnceWhenQmgrDiesBeforeItAsked) {
    start();
    bounce_ = Bounce::refuses;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return bounce_requests_.size() == 1; }));
    kill();
    size_t tried = agent_->requests.size();
    bounce_ = Bounce::answers;
    start();
    ASSERT_TRUE(until([this] {
        ring();
        return all_done();
    }));
    EXPECT_EQ(delivered_reports(), 1u);
    EXPECT_EQ(agent_->requests.size(), tried + 1);  // the message itself was not tried again
    EXPECT_EQ(bounce_requests_.back().outcomes[0].reason, "550 no such user");
}

TEST_F(QmgrReports, AreSentOnceWhenQmgrDiesBeforeTheAnswer) {
    start();
    bounce_ = Bounce::commits_and_dies;
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return bounce_requests_.size() == 1; }));
    run_for(50ms);
    kill();
    bounce_ = Bounce::answers;
    start();
    ASSERT_TRUE(until([this] {
        ring();
        return all_done();
    }));
    EXPECT_EQ(bounce_requests_.size(), 1u);
    EXPECT_EQ(delivered_reports(), 1u);
}

TEST_F(QmgrReports, AreNotSentAgainWhenTheLossOfPowerTookTheFailureOnly) {
    std::string id = send("a@example.org", {"x@example.com"});
    mail::Envelope report;
    report.queue_id = writer_->next_id().text();
    report.arrival = base::wall_now();
    report.recipients.push_back({"a@example.org", "", 0, ""});
    report.report_of = id;
    report.more[std::string(ipc::report_for)] = "0";
    resend(report);
    start();
    ASSERT_TRUE(until([this] {
        ring();
        return logged(": removed") == 2;
    }));
    EXPECT_TRUE(bounce_requests_.empty());
    EXPECT_EQ(delivered_reports(), 1u);
}

TEST_F(QmgrReports, AreAskedForWhileThereIsNoRoomToReadOn) {
    start("qmgr_message_active_limit = 1\n");
    send("a@example.org", {"y@example.com"});
    run_for(1200ms);  // all that was there at start is known
    agent_->mute = true;
    for (int i = 0; i < 3; ++i)
        send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    agent_->mute = false;
    auto first = refuse_x(agent_->requests[1]);
    first.id = agent_->requests[1].id;
    agent_->report(first);
    ASSERT_TRUE(until([this] { return logged(": removed") == 7; }));
    EXPECT_EQ(delivered_reports(), 3u);
}

TEST_F(QmgrReports, AreAskedForWhereTheLogOfBeforeIsMoreThanThereIsRoomFor) {
    for (int i = 0; i < 3; ++i)
        send("a@example.org", {"x@example.com"});
    start("qmgr_message_active_limit = 1\n");
    ASSERT_TRUE(until([this] {
        ring();
        return logged(": removed") == 6;
    }));
    EXPECT_EQ(delivered_reports(), 3u);
}

TEST_F(QmgrReports, AreOwedStillAfterAStopThatCameBeforeTheLogWasRead) {
    start();
    agent_->mute = true;
    bounce_ = Bounce::refuses;
    send("a@example.org", {"y@example.com"});
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    auto refused = refuse_x(agent_->requests[1]);
    refused.id = agent_->requests[1].id;
    agent_->report(refused);
    ASSERT_TRUE(until([this] { return bounce_requests_.size() == 1; }));
    kill();
    start("qmgr_message_active_limit = 1\n");
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 3; }));
    io::Scope stopping;
    stopping.spawn(manager_->drain());
    run_for(20ms);
    auto delivered = refuse_x(agent_->requests[2]);
    delivered.id = agent_->requests[2].id;
    agent_->report(delivered);
    ASSERT_TRUE(until([&stopping] { return stopping.running() == 0; }));
    kill();
    EXPECT_EQ(files("deferred"), 0u);
    agent_->mute = false;
    bounce_ = Bounce::answers;
    start();
    ASSERT_TRUE(until([this] {
        ring();
        return all_done();
    }));
    EXPECT_EQ(delivered_reports(), 1u);
}

TEST_F(QmgrReports, OfMailInFilesAreSentOnceWhenQmgrDies) {
    start();
    agent_->script = all(mail::Status::deferred, "later");
    send("a@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    agent_->script = refuse_x;
    bounce_ = Bounce::commits_and_dies;
    manager_->trigger('F');
    ASSERT_TRUE(until([this] { return bounce_requests_.size() == 1; }));
    run_for(50ms);
    kill();
    EXPECT_EQ(files("bounce"), 1u);
    bounce_ = Bounce::answers;
    start();
    manager_->trigger('F');
    ASSERT_TRUE(until([this] {
        ring();
        return all_done() && files("deferred") == 0;
    }));
    EXPECT_EQ(bounce_requests_.size(), 1u);
    EXPECT_EQ(delivered_reports(), 1u);
    EXPECT_EQ(files("bounce"), 0u);
}

}  // namespace
}  // namespace qmgr
