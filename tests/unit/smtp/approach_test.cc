#include "smtp/approach.h"

#include <set>

#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

// Each sender has a login of its own, but for those of `troubled`, for a host.
struct ByName : smtp::Approaches, std::enable_shared_from_this<ByName> {
    ByName() : Approaches(nexthop::TlsPolicies()) {}
    bool same_for_all() const override { return false; }
    io::Task<smtp::FoundApproach> find(smtp::Visit visit) override {
        Leaving leaving(*this);
        smtp::FoundApproach found;
        if (slow.contains(visit.host))
            co_await io::sleep(30s);
        if (visit.sender == slow_sender)
            co_await io::sleep(30s);
        if (visit.host == troubled) {
            found.trouble = smtp::lookup_trouble({4, 7, 5}, "no policy");
            co_return found;
        }
        auto approach = std::make_shared<smtp::Approach>();
        approach->login.emplace().account.user = visit.sender + "@" + visit.element;
        found.approach = std::move(approach);
        co_return found;
    }
    struct Leaving {
        explicit Leaving(ByName& those) : names(those) {}
        ~Leaving() { names.owners = names.weak_from_this().use_count(); }
        ByName& names;
    };
    long owners = 0;  // of this, when find() was left last: each message is one
    std::string troubled;
    std::set<std::string> slow;  // that takes 30 s
    std::string slow_sender;
};

struct ApproachWorld : World {
    std::shared_ptr<ByName> approaches = std::make_shared<ByName>();

    ApproachWorld() { options.approaches = approaches; }
    ipc::DeliveryRequest from(const std::string& sender, const std::string& nexthop = here) {
        ipc::DeliveryRequest made = request({"r@example.com"}, nexthop);
        made.sender = sender;
        return made;
    }
};

const Script two_messages = {"S 220 hi",
                             "C EHLO",
                             "S 250-x",
                             "S 250-PIPELINING",
                             "S 250 AUTH PLAIN",
                             "C AUTH PLAIN",
                             "S 235 ok",
                             "C MAIL",
                             "C RCPT",
                             "C DATA",
                             "S 250 ok\r\n250 ok",
                             "S 354 go",
                             "D",
                             "S 250 first",
                             "C MAIL",
                             "C RCPT",
                             "C DATA",
                             "S 250 ok\r\n250 ok",
                             "S 354 go",
                             "D",
                             "S 250 second",
                             "E"};
const Script one_message = {"S 220 hi", "C EHLO",   "S 250-x",  "S 250 AUTH PLAIN", "C AUTH PLAIN",
                            "S 235 ok", "C MAIL",   "S 250 ok", "C RCPT",           "S 250 ok",
                            "C DATA",   "S 354 go", "D",        "S 250 once",       "E"};

TEST_F(ApproachWorld, SendersWithTheSameLoginShareAConnection) {
    serve("192.0.2.1:25", two_messages);
    add(from("a@example.org"));
    add(from("a@example.org"));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 first");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 second");
    EXPECT_EQ(dialer.dialled.size(), 1u);
}

TEST_F(ApproachWorld, SendersWithOtherLoginsDoNot) {
    serve("192.0.2.1:25", one_message);
    serve("192.0.2.1:25", one_message);
    add(from("a@example.org"));
    add(from("b@example.org"));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 once");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 once");
    EXPECT_EQ(dialer.dialled.size(), 2u);
    // Nor over a connection that was left open; whose it is finds it again.
    EXPECT_EQ(idle.size(), 2u);
    serve("192.0.2.1:25", one_message);
    add(from("c@example.org"));
    run();
    EXPECT_EQ(dialer.dialled.size(), 3u);
}

TEST_F(ApproachWorld, AnotherNextHopToTheSamePlaceSharesOnlyWhatIsTheSame) {
    serve("192.0.2.1:25", one_message);
    serve("192.0.2.1:25", one_message);
    add(from("a@example.org"));
    run();
    add(from("a@example.org", "[192.0.2.1]"));  // which is another key
    run();
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 once");
    EXPECT_EQ(dialer.dialled.size(), 2u);
}

TEST_F(ApproachWorld, APlaceThatCannotBeApproachedIsPassedOver) {
    approaches->troubled = "192.0.2.1";
    serve("192.0.2.2:25", one_message);
    add(from("a@example.org", "[192.0.2.1]:25, [192.0.2.2]:25"));
    add(from("a@example.org"));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 once");
    EXPECT_EQ(outcome(1), "deferred 4.7.5 no policy");
    EXPECT_EQ(dialer.dialled, std::vector<std::string>{"192.0.2.2:25"});
}

// Exchangers of one domain, say: a name server of the last one is slow to tell of its TLSA records.
TEST_F(ApproachWorld, NobodyWaitsForWhatIsNotNeeded) {
    names.mx("x.example", 10, "a.example").mx("x.example", 20, "b.example");
    names.a("a.example", "192.0.2.1").a("b.example", "192.0.2.2");
    approaches->slow = {"b.example"};
    serve("192.0.2.1:25", one_message);
    add(from("a@example.org", "x.example"));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 once");
    pass(1000s);
    serve("192.0.2.2:25", one_message);
    add(from("a@example.org", "x.example"));
    run();
    EXPECT_EQ(reports.size(), 1u);
    pass(30s);
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 once");
}

TEST_F(ApproachWorld, AnIdleConnectionIsEnough) {
    const char* list = "[192.0.2.2]:25, [192.0.2.1]:25";
    options.idle_limit = 1000s;
    serve("192.0.2.1:25", two_messages);
    add(from("a@example.org", list));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 first");
    serve("192.0.2.2:25", two_messages);
    add(from("b@example.org", list));
    run();
    EXPECT_EQ(idle.size(), 2u);
    approaches->slow = {"192.0.2.1"};
    add(from("b@example.org", list));
    run();
    EXPECT_EQ(outcome(2), "sent 2.0.0 250 second") << "the other relay is not asked about";
    EXPECT_EQ(dialer.dialled.size(), 3u);
}

TEST_F(ApproachWorld, TheNextMessageDoesNotHoldUpThisOne) {
    approaches->slow_sender = "slow@example.org";
    serve("192.0.2.1:25", one_message);
    serve("192.0.2.1:25", one_message);
    add(from("a@example.org"));
    add(from("slow@example.org"));
    add(from("a@example.org"));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 once");
    EXPECT_EQ(reports.size(), 1u);
    pass(30s);
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 once");
}

// Where nobody has to be asked, how the next one goes is known in time.
TEST_F(ApproachWorld, TheNextMessageStillGoesBehindTheDot) {
    serve("192.0.2.1:25", {"S 220 hi",
                           "C EHLO",
                           "S 250-x",
                           "S 250-PIPELINING",
                           "S 250 AUTH PLAIN",
                           "C AUTH PLAIN",
                           "S 235 ok",
                           "C MAIL",
                           "C RCPT",
                           "C DATA",
                           "S 250 ok\r\n250 ok",
                           "S 354 go",
                           "D",
                           "C MAIL",
                           "C RCPT",
                           "C DATA",
                           "S 250 first",
                           "S 250 ok\r\n250 ok",
                           "S 354 go",
                           "D",
                           "S 250 second",
                           "Z"});
    serve("192.0.2.2:25", {"S 220 hi", "C EHLO", "S 250-x", "S 250-PIPELINING", "S 250-CHUNKING",
                           "S 250 AUTH PLAIN", "C AUTH PLAIN", "S 235 ok", "C MAIL", "C RCPT", "B",
                           "C RSET", "C MAIL", "C RCPT", "B", "S 250 ok\r\n250 ok\r\n250 third",
                           "S 250 reset\r\n250 ok\r\n250 ok\r\n250 fourth", "Z"});
    for (const char* nexthop : {here, here, there, there})
        add(from("a@example.org", nexthop));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 first");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 second");
    EXPECT_EQ(outcome(2), "sent 2.0.0 250 third");
    EXPECT_EQ(outcome(3), "sent 2.0.0 250 fourth");
    EXPECT_EQ(dialer.heard[0].wrong + dialer.heard[1].wrong, "");
}

TEST_F(ApproachWorld, ALaneMayEndWhileTheNextMessageIsMadeReady) {
    approaches->slow_sender = "slow@example.org";
    serve("192.0.2.1:25", {"S 220 hi", "C EHLO", "S 250-x", "S 250 AUTH PLAIN", "C AUTH PLAIN",
                           "S 235 ok", "C MAIL", "Z"});
    add(from("a@example.org"));
    add(from("slow@example.org"));
    run();
    EXPECT_EQ(reports.size(), 0u);
    lanes.cancel();
    loop.run_until_idle();
    EXPECT_EQ(lanes.running(), 0u);
}

TEST_F(ApproachWorld, AMessageIsThereAsLongAsItIsMadeReady) {
    approaches->slow_sender = "slow@example.org";
    serve("192.0.2.1:25", one_message);
    add(from("a@example.org"));
    add(from("slow@example.org"));
    run();
    EXPECT_EQ(reports.size(), 1u);
    lanes.cancel();
    loop.run_until_idle();
    EXPECT_EQ(lanes.running(), 0u);
    EXPECT_EQ(approaches->owners, 3) << "the test, its options and the message";
}

TEST(ApproachTest, SameIsWhatIsEqual) {
    auto one = std::make_shared<smtp::Approach>();
    auto other = std::make_shared<smtp::Approach>();
    EXPECT_TRUE(smtp::same(one, other));
    EXPECT_TRUE(smtp::same(one, nullptr));
    other->tls.level = nexthop::TlsLevel::may;
    EXPECT_FALSE(smtp::same(one, other));
    EXPECT_FALSE(smtp::same(nullptr, other));
    EXPECT_TRUE(smtp::same(other, std::make_shared<smtp::Approach>(*other)));
}

}  // namespace
}  // namespace smtp_test
