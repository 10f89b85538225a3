// Routing in qmgr: what is asked of others, what is decided without an agent.
#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/io/event.h"
#include "lib/spool/notes.h"
#include "lib/spool/queue_folders.h"
#include "qmgr/in_place.h"
#include "qmgr/orders.h"
#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

using ipc::ControlVerb;
using mail::Status;

TEST(InPlace, AnswersByCommandAndService) {
    struct Row {
        const char* command;
        const char* service;
        const char* nexthop;
        Status status;
        const char* dsn;
        const char* reason;
    };
    const Row rows[] = {
        {"error", "error", "5.7.1 go away", Status::bounced, "5.7.1", "go away"},
        {"error", "error", "go away", Status::bounced, "5.0.0", "go away"},
        {"error", "mine", "go", Status::bounced, "5.0.0", "go"},
        {"error", "error", "4.7.1 later", Status::bounced, "5.0.0", "later"},
        {"error", "error", "5.1 x", Status::bounced, "5.0.0", "5.1 x"},
        {"error", "error", "5.1.1", Status::bounced, "5.1.1", ""},
        {"error", "retry", "4.7.5 not today", Status::deferred, "4.7.5", "not today"},
        {"error", "retry", "soon", Status::deferred, "4.0.0", "soon"},
        {"error", "retry", "5.0.0 soon", Status::deferred, "4.0.0", "soon"},
        {"discard", "discard", "gone", Status::sent, "2.0.0", "gone"},
        {"discard", "sea", "2.1.5 gone", Status::sent, "2.1.5", "gone"},
        {"discard", "sea", "5.1.5 gone", Status::sent, "2.0.0", "gone"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.nexthop);
        auto outcome = deliver_in_place(row.command, row.service, row.nexthop);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->status, row.status);
        EXPECT_EQ(outcome->dsn.text(), row.dsn);
        EXPECT_EQ(outcome->reason, row.reason);
        EXPECT_EQ(outcome->relay, "none");
    }
    for (const char* command : {"smtp", "local", ""})
        EXPECT_FALSE(deliver_in_place(command, "error", "x"));
}

// Answers when the test says so.
class SlowProxy : public dict::Proxy {
  public:
    io::Task<dict::Lookup> ask(const std::string&, std::string_view, dict::Key,
                               dict::Use) override {
        ++asked;
        most = std::max(most, asked - answered);
        co_await go.wait();
        ++answered;
        co_return answer;
    }

    size_t asked = 0, answered = 0, most = 0;
    io::Event go;
    dict::Lookup answer;
};

class RoutingTest : public Instance {
  protected:
    ~RoutingTest() override { kill(); }
    void start_slow(const std::string& main_cf = "") {
        proxy_ = &slow_;
        start("transport_maps = proxy:some:table\n" + main_cf);
    }
    std::string sent_to(size_t request) const { return agent_->requests.at(request).nexthop; }

    io::Task<void> drain(bool& drained) {
        co_await manager_->drain();
        drained = true;
    }

    SlowProxy slow_;
};

mail::Envelope ordered(std::string_view order, const std::string& value) {
    mail::Envelope envelope;
    envelope.arrival = base::wall_now();
    envelope.sender = "a@example.org";
    for (const char* to : {"x@example.com", "y@example.com", "z@example.net"}) {
        envelope.recipients.emplace_back();
        envelope.recipients.back().address = to;
    }
    envelope.more[std::string(order)] = value;
    return envelope;
}

TEST_F(RoutingTest, AFilterIsAskedInsteadOfTables) {
    start("transport_maps = fail:broken\ndefault_filter_nexthop =\n");
    send(ordered(spool::note::content_filter, "smtp:[192.0.2.1]:26"), "text\r\n");
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1 && empty(); }));
    EXPECT_EQ(sent_to(0), "[192.0.2.1]:26");
    EXPECT_EQ(agent_->requests[0].recipients.size(), 3u);
    send(ordered(spool::note::content_filter, "smtp:"), "text\r\n");
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 3 && empty(); }));
    EXPECT_EQ(sent_to(1), "example.com");
    EXPECT_EQ(sent_to(2), "example.net");
}

TEST_F(RoutingTest, AFilterWithoutNexthopHasADefault) {
    start("default_filter_nexthop = scan.example\n");
    send(ordered(spool::note::content_filter, "smtp"), "text\r\n");
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1 && empty(); }));
    EXPECT_EQ(sent_to(0), "scan.example");
}

TEST_F(RoutingTest, HeldMailGoesToHoldUndelivered) {
    start();
    std::string id = send(ordered(spool::note::hold, "1"), "text\r\n");
    ASSERT_TRUE(until([this] { return files("hold") == 1 && empty(); }));
    EXPECT_EQ(agent_->requests.size(), 0u);
    EXPECT_EQ(logged(id + ": from="), 0u);
    // Released, it goes its way.
    spool::QueueFolders folders;
    folders.root = folder_;
    ASSERT_TRUE(spool::move_queued(folders, "hold", "deferred", id));
    manager_->trigger(ipc::trigger_deferred_scan);
    ASSERT_TRUE(until([this] { return empty() && files("hold") + files("deferred") == 0; }));
    EXPECT_EQ(agent_->requests.size(), 1u);
}

TEST_F(RoutingTest, HeldMailStaysHeldOverAStop) {
    start();
    send(ordered(spool::note::hold, "1"), "text\r\n");
    bool drained = false;
    scope_.spawn(drain(drained));
    ASSERT_TRUE(until([&] { return drained; }));
    EXPECT_EQ(files("hold"), 1u);
    EXPECT_EQ(files("deferred"), 0u);
}

TEST_F(RoutingTest, ARedirectedFileGoesToOne) {
    start();
    Message message;
    message.recipients.resize(3);
    for (size_t i = 0; i < 3; ++i)
        message.recipients[i].envelope.address = base::text("r", i, "@x");
    message.recipients[0].state = spool::RecipientState::done;
    mail::Envelope envelope = ordered(spool::note::redirect, "boss@x");
    envelope.more[std::string(spool::note::content_filter)] = "smtp:";
    take_orders(message, envelope);
    EXPECT_EQ(message.filter, "");
    EXPECT_EQ(message.recipients[0].envelope.address, "r0@x");
    EXPECT_EQ(message.recipients[1].envelope.address, "boss@x");
    EXPECT_EQ(message.recipients[1].envelope.original, "r1@x");
    EXPECT_TRUE(message.recipients[1].pending());
    EXPECT_FALSE(message.recipients[2].pending());
}

TEST_F(RoutingTest, MailWaitsForTheAnswer) {
    start_slow();
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return slow_.asked == 1; }));
    run_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(agent_->requests.empty());
    slow_.answer = dict::Lookup::of("smtp:[192.0.2.9]");
    slow_.go.set();
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    EXPECT_EQ(sent_to(0), "[192.0.2.9]");
}

TEST_F(RoutingTest, TroubleLetsMailWait) {
    start_slow();
    slow_.answer = dict::Lookup::later("out of order");
    slow_.go.set();
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    EXPECT_EQ(logged("dsn=4.3.0, status=deferred (address resolver failure)"), 1u);
    slow_.answer = dict::Lookup();
    manager_->trigger('F');
    manager_->trigger('D');
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
}

TEST_F(RoutingTest, MailRemovedMeanwhileIsNotSent) {
    start_slow();
    std::string id = send("a@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return slow_.asked == 1; }));
    EXPECT_EQ(control(ControlVerb::remove, id).entries.size(), 1u);
    slow_.go.set();
    ASSERT_TRUE(until([this] { return empty(); }));
    EXPECT_TRUE(agent_->requests.empty());
    EXPECT_EQ(logged("status="), 0u);
}

TEST_F(RoutingTest, ReloadCountsForWhatBeginsAfterIt) {
    start_slow();
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return slow_.asked == 1; }));
    auto settings = config("relayhost = [192.0.2.7]\n");
    auto router = std::make_shared<route::Router>(settings, *tables_);
    manager_->configure(Settings(settings, folder_), std::move(router),
                        std::make_shared<ReturnRates>(settings, *tables_));
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    EXPECT_EQ(sent_to(0), "[192.0.2.7]");
    slow_.go.set();
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
    EXPECT_EQ(sent_to(1), "[192.0.2.1]:25");
}

TEST_F(RoutingTest, AHundredMessagesAreRoutedAtATime) {
    start_slow();
    for (int i = 0; i < 120; ++i)
        send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged("(queue active)") == 120; }));
    run_for(std::chrono::milliseconds(20));
    EXPECT_EQ(slow_.most, 100u);
    slow_.go.set();
    ASSERT_TRUE(until([this] { return logged(": removed") == 120; }));
}

TEST_F(RoutingTest, EndsInTheMiddleOfIt) {
    start_slow();
    send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return slow_.asked == 1; }));
    kill();
    proxy_ = nullptr;
    start();
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
}

TEST_F(RoutingTest, RecipientsWithTheSameWayGoTogether) {
    start(
        "transport_maps = inline:{ {a.example = smtp:[H]}, {b.example = smtp:[h]},"
        " {c.example = :[other]}, {d.example = error:no} }\n");
    send("s@example.org", {"1@a.example", "2@c.example", "3@b.example", "4@d.example",
                           "5@c.example", "6%e.example@a.example"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    std::map<std::string, std::vector<std::string>> got;
    for (const ipc::DeliveryRequest& request : agent_->requests)
        for (const ipc::DeliveryRecipient& to : request.recipients)
            got[request.nexthop].push_back(to.address);
    EXPECT_EQ(got["[h]"],
              (std::vector<std::string>{"1@a.example", "3@b.example", "6%e.example@a.example"}));
    EXPECT_EQ(got["[other]"], (std::vector<std::string>{"2@c.example", "5@c.example"}));
    ASSERT_TRUE(until([this] { return logged("status=bounced (no)") == 1; }));
}

TEST_F(RoutingTest, TheRecipientIsHandedOnAsItWasRouted) {
    start("mydestination = here.example\n");
    send("s@example.org", {"a%b.example@here.example"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    EXPECT_EQ(agent_->requests[0].recipients.at(0).address, "a@b.example");
    EXPECT_EQ(agent_->requests[0].recipients.at(0).original, "a%b.example@here.example");
}

TEST_F(RoutingTest, TheSenderChoosesTheRelay) {
    start(
        "sender_dependent_relayhost_maps = inline:{ {@one.example = [192.0.2.11]},"
        " {<> = [192.0.2.12]} }\n");
    send("a@one.example", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1; }));
    send("", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 2; }));
    send("a@two.example", {"x@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 3; }));
    EXPECT_EQ(sent_to(0), "[192.0.2.11]");
    EXPECT_EQ(sent_to(1), "[192.0.2.12]");
    EXPECT_EQ(sent_to(2), "[192.0.2.1]:25");
}

TEST_F(RoutingTest, SoftBounceKeepsWhatErrorRefuses) {
    start("soft_bounce = yes\ntransport_maps = static:{error:5.7.1 no}\n");
    send("s@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return files("deferred") == 1 && empty(); }));
    EXPECT_EQ(logged("dsn=5.7.1, status=SOFTBOUNCE (no)"), 1u);
    EXPECT_TRUE(bounce_requests_.empty());
}

TEST_F(RoutingTest, DiscardedMailIsDone) {
    start("transport_maps = static:{discard:into the sea}\n");
    send("s@example.org", {"x@example.com", "y@example.com"});
    ASSERT_TRUE(until([this] { return logged(": removed") == 1 && empty(); }));
    EXPECT_EQ(logged("dsn=2.0.0, status=sent (into the sea)"), 2u);
    EXPECT_EQ(logged("postfix/discard["), 2u);
    EXPECT_TRUE(agent_->requests.empty());
}

}  // namespace
}  // namespace qmgr
