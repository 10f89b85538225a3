// Mail that waits for a relay, from the report that it is down to its return.
#include "tests/unit/qmgr/instance.h"

#include "lib/base/text.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

const std::string hop = "smtp:[192.0.2.1]:25";

// All relays are down, and worth a try again after this time.
Script down(base::Duration time, mail::Dsn dsn = {4, 4, 1}) {
    return [time, dsn](const ipc::DeliveryRequest& request) {
        auto report = all(mail::Status::deferred, "all relays unavailable")(request);
        report.destination_trouble = "all relays unavailable";
        report.trouble_dsn = dsn;
        report.trouble_for = time;
        return report;
    };
}

class ReturningTest : public Instance {
  protected:
    ReturningTest() { health_ = std::make_unique<health::Table>(health::Table::create(64)); }

    health::Record record(const std::string& key = hop) {
        health::Subject subject;
        subject.scope = health::Scope::nexthop;
        subject.key = subject.label = key;
        subject.configured = true;
        return health_->record(subject, base::steady_now());
    }
    void break_down(const std::string& key = hop) {
        record(key).fail(health::Reason::all_relays_down, {}, base::steady_now());
        agent_->script = down(1h);
    }
    void mend(const std::string& key = hop) {
        agent_->script = all(mail::Status::sent);
        record(key).succeed({}, base::steady_now());
    }
    void send_some(size_t messages) {
        for (size_t i = 0; i < messages; ++i)
            send("a@example.org", {"x@example.com"});
    }
    // Everything is put off, in the log or in a file.
    bool all_wait(size_t messages) {
        return until([&] {
            size_t waiting = files("deferred");
            for (const ipc::ControlEntry& entry : control(ipc::ControlVerb::list, "").entries)
                waiting += !entry.active;
            return waiting == messages;
        });
    }
    size_t sent() const { return logged(": removed"); }
};

TEST_F(ReturningTest, ADestinationIsSuspendedAtOnceUntilTheTimeThatTheAgentSays) {
    start();
    break_down();
    send_some(1);
    ASSERT_TRUE(all_wait(1));
    send_some(20);
    ASSERT_TRUE(until(
        [this] { return logged("delivery temporarily suspended: all relays unavailable") >= 20; }));
    EXPECT_EQ(agent_->requests.size(), 1u);
    EXPECT_EQ(logged("dsn=4.4.1, status=deferred"), 20u);
}

TEST_F(ReturningTest, MailThatNeedsNoTlsIsNotHeldUpByIt) {
    start();
    agent_->script = down(1h, {4, 7, 5});
    send_some(1);
    ASSERT_TRUE(all_wait(1));
    mail::Envelope envelope;
    envelope.sender = "a@example.org";
    envelope.recipients.emplace_back().address = "x@example.com";
    envelope.tls_wish = mail::TlsWish::optional;
    agent_->script = all(mail::Status::sent);
    send_some(1);
    send(envelope, "text\r\n");
    ASSERT_TRUE(until([this] { return sent() == 1; }));
    ASSERT_TRUE(all_wait(2));
    EXPECT_EQ(agent_->requests.back().tls_wish, mail::TlsWish::optional);
    EXPECT_EQ(agent_->requests.size(), 2u);
}

// A server that refuses us (4.7.0) as well.
class Elsewise : public ReturningTest, public testing::WithParamInterface<mail::Dsn> {};

TEST_P(Elsewise, AnythingElseHoldsItUpToo) {
    start();
    agent_->script = down(1h, GetParam());
    send_some(1);
    ASSERT_TRUE(all_wait(1));
    mail::Envelope envelope;
    envelope.sender = "a@example.org";
    envelope.recipients.emplace_back().address = "x@example.com";
    envelope.tls_wish = mail::TlsWish::optional;
    send(envelope, "text\r\n");
    ASSERT_TRUE(all_wait(2));
    EXPECT_EQ(agent_->requests.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Dsn, Elsewise, testing::Values(mail::Dsn{4, 4, 1}, mail::Dsn{4, 7, 0}));

TEST_F(ReturningTest, ASuspensionEndsAtItsTime) {
    start();
    agent_->script = down(100ms);
    send_some(1);
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    run_for(20ms);
    agent_->script = all(mail::Status::sent);
    send_some(1);
    ASSERT_TRUE(until([this] { return logged("temporarily suspended") == 1; }));
    run_for(150ms);
    send_some(1);
    ASSERT_TRUE(until([this] { return sent() == 1; }));
    EXPECT_EQ(agent_->requests.size(), 2u);
}

TEST_F(ReturningTest, MailGoesWithinSecondsWhenItsRelayIsBack) {
    start();
    break_down();
    send_some(30);
    ASSERT_TRUE(all_wait(30));
    run_for(400ms);
    EXPECT_EQ(sent(), 0u);
    mend();
    ASSERT_TRUE(until([this] { return sent() == 30; }));
    EXPECT_TRUE(empty());
    EXPECT_EQ(logged("next hop smtp:[192.0.2.1]:25 is back"), 1u);
}

TEST_F(ReturningTest, ANextHopHasARateOfItsOwn) {
    start(
        "smtp_failover_return_rate = 1000\n"
        "failover_policy_maps = inline:{ {[192.0.2.1]:25 = return_rate=4} }\n");
    break_down();
    send_some(12);
    ASSERT_TRUE(all_wait(12));
    run_for(300ms);
    mend();
    run_for(1500ms);
    EXPECT_GE(sent(), 2u);
    EXPECT_LE(sent(), 8u);
}

TEST_F(ReturningTest, MailForOthersStaysWhereItIs) {
    start("transport_maps = inline:{ {other.example = smtp:[192.0.2.9]:25} }\n");
    break_down();
    send_some(2);
    ASSERT_TRUE(all_wait(2));
    agent_->script = all(mail::Status::deferred, "450 not now");
    send("a@example.org", {"x@other.example"});
    ASSERT_TRUE(until([this] { return agent_->requests.back().nexthop == "[192.0.2.9]:25"; }));
    ASSERT_TRUE(all_wait(3));
    run_for(300ms);
    mend();
    ASSERT_TRUE(until([this] { return sent() == 2; }));
    run_for(300ms);
    EXPECT_TRUE(all_wait(1));
}

// The next qmgr reads the log and the journal, and routes what waits to know what it waits for.
TEST_F(ReturningTest, MailInTheLogGoesOverARestart) {
    start("spool_age_limit = 1d\n");
    break_down();
    send_some(12);
    ASSERT_TRUE(all_wait(12));
    run_for(100ms);  // the journal
    EXPECT_EQ(files("deferred"), 0u);
    kill();
    start();
    run_for(400ms);
    EXPECT_EQ(sent(), 0u);
    mend();
    ASSERT_TRUE(until([this] { return sent() == 12; }));
}

TEST_F(ReturningTest, MailInFilesGoesOverARestart) {
    start("spool_age_limit = 1s\n");
    break_down();
    send_some(12);
    ASSERT_TRUE(until([this] { return files("deferred") == 12; }));
    kill();
    start();
    run_for(300ms);
    mend();
    ASSERT_TRUE(until([this] { return sent() == 12; }));
    EXPECT_EQ(files("deferred"), 0u);
    EXPECT_EQ(files("defer"), 0u);
}

// It came back between two qmgrs: the record says that it did lately.
TEST_F(ReturningTest, AReturnThatNobodySawIsMadeUpFor) {
    start("spool_age_limit = 1s\n");
    break_down();
    send_some(3);
    ASSERT_TRUE(until([this] { return files("deferred") == 3; }));
    kill();
    mend();
    start();
    ASSERT_TRUE(until([this] { return sent() == 3; }));
}

// Its report comes when everything has been let go.
TEST_F(ReturningTest, ADeliveryThatWasUnderWayAtTheReturnIsTriedOnceMore) {
    start();
    break_down();
    agent_->mute = true;
    send_some(1);
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    run_for(300ms);
    mend();
    run_for(400ms);
    agent_->mute = false;
    ipc::DeliveryReport late = down(1h)(agent_->requests[0]);
    late.trouble_for = base::Duration(0);
    late.id = agent_->requests[0].id;
    agent_->report(late);
    ASSERT_TRUE(until([this] { return sent() == 1; }));
    EXPECT_EQ(agent_->requests.size(), 2u);
}

TEST_F(ReturningTest, ACommandFlushesANextHop) {
    start(
        "transport_maps = inline:{ {other.example = smtp:[192.0.2.9]:25} }\n"
        "spool_age_limit = 1s\n");
    agent_->script = all(mail::Status::deferred, "450 not now");
    send_some(3);
    send("a@example.org", {"x@other.example"});
    send("a@example.org", {"x@other.example", "y@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 5; }));
    EXPECT_EQ(control(ipc::ControlVerb::flush_nexthop, "smtp:[192.0.2.7]:25").count, 0u);
    EXPECT_EQ(control(ipc::ControlVerb::flush_nexthop, "lmtp").count, 0u);
    kill();
    start("transport_maps = inline:{ {other.example = smtp:[192.0.2.9]:25} }\n");
    agent_->script = all(mail::Status::sent);
    EXPECT_EQ(control(ipc::ControlVerb::flush_nexthop, "[192.0.2.9]:25").count, 2u);
    ASSERT_TRUE(until([this] { return sent() == 2; }));
    EXPECT_EQ(control(ipc::ControlVerb::flush_nexthop, "SMTP").count, 3u);
    ASSERT_TRUE(until([this] { return sent() == 5; }));
}

// Where memory is short, mail that waits is moved into files.
TEST_F(ReturningTest, AMoveMakesNoAttemptOfAFlushForOthers) {
    start("qmgr_message_active_limit = 3\nspool_age_limit = 1d\n");
    agent_->script = all(mail::Status::deferred, "450 not now");
    send("a@example.org", {"x@one.example"});
    send("a@example.org", {"x@other.example"});
    ASSERT_TRUE(all_wait(2));
    EXPECT_EQ(files("deferred"), 0u);
    agent_->mute = true;
    EXPECT_EQ(control(ipc::ControlVerb::flush_site, "one.example").entries.size(), 1u);
    send("a@example.org", {"x@third.example"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1; }));
    run_for(300ms);
    ASSERT_EQ(agent_->requests.size(), 4u);
    for (size_t i : {2, 3})
        EXPECT_NE(agent_->requests[i].recipients[0].address, "x@other.example");
}

TEST_F(ReturningTest, MailThatIsLetGoAndFindsNoRoomKeepsItsTurnInAFile) {
    start(
        "qmgr_message_active_limit = 2\nspool_age_limit = 1d\n"
        "transport_maps = inline:{ {other.example = smtp:[192.0.2.9]:25} }\n");
    agent_->script = all(mail::Status::deferred, "450 not now");
    send_some(1);
    ASSERT_TRUE(all_wait(1));
    agent_->mute = true;
    send("a@example.org", {"x@other.example"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    EXPECT_EQ(control(ipc::ControlVerb::flush_nexthop, "[192.0.2.1]:25").count, 1u);
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 3; }));
    EXPECT_EQ(agent_->requests[2].recipients[0].address, "x@example.com");
}

TEST_F(ReturningTest, AnAmbiguousDeliveryIsTriedSoonAndAsksTheSameRelayFirst) {
    start();
    agent_->script = [](const ipc::DeliveryRequest& request) {
        auto report = all(mail::Status::deferred, "lost connection after the final dot")(request);
        for (mail::Outcome& outcome : report.outcomes) {
            outcome.retry_in = 60ms;
            outcome.ask_first = "192.0.2.1:25";
        }
        // The second recipient's reply was another.
        report.outcomes.back().ask_first.clear();
        return report;
    };
    send("a@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() >= 5; }));
    EXPECT_EQ(agent_->requests[0].ask_first, "");
    EXPECT_TRUE(agent_->requests[0].configured);
    EXPECT_EQ(agent_->requests[0].recipients.size(), 2u);
    EXPECT_EQ(agent_->requests[1].ask_first, "192.0.2.1:25");
    EXPECT_EQ(agent_->requests[2].ask_first, "");
}

TEST_F(ReturningTest, SuchAttemptsComeLessAndLessOften) {
    start();
    agent_->script = [](const ipc::DeliveryRequest& request) {
        auto report = all(mail::Status::deferred, "lost connection after the final dot")(request);
        report.outcomes[0].retry_in = 50ms;
        return report;
    };
    send_some(1);
    run_for(1s);
    EXPECT_GE(agent_->requests.size(), 4u);  // after 50, 150, 350, 750 ms
    EXPECT_LE(agent_->requests.size(), 5u);
}

TEST_F(ReturningTest, WhatIsToBeAskedFirstIsKnownOverARestart) {
    start();
    agent_->script = [](const ipc::DeliveryRequest& request) {
        auto report = all(mail::Status::deferred, "lost connection after the final dot")(request);
        report.outcomes[0].retry_in = 500ms;
        report.outcomes[0].ask_first = "192.0.2.1:25";
        return report;
    };
    send_some(1);
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    run_for(100ms);
    kill();
    agent_->script = all(mail::Status::sent);
    start();
    ASSERT_TRUE(until([this] { return sent() == 1; }));
    EXPECT_EQ(agent_->requests.at(1).ask_first, "192.0.2.1:25");
}

TEST_F(ReturningTest, OnlyTheRecipientsOwnDomainIsNoConfiguredNextHop) {
    start(
        "transport_maps = inline:{ {bare.example = smtp:}, {hop.example = smtp:bare.example} }\n");
    send("a@example.org", {"x@bare.example", "x@hop.example"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2 && empty(); }));
    for (const ipc::DeliveryRequest& request : agent_->requests) {
        EXPECT_EQ(request.nexthop, "bare.example");
        EXPECT_EQ(request.configured, request.recipients[0].address == "x@hop.example");
    }
}

}  // namespace
}  // namespace qmgr
