// Policies, the settings of single next hops, slow relays, and the filter of replies.
#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {
namespace {

using nexthop::Policy;

struct PolicyChoiceTest : RelayWorld {
    PolicyChoiceTest() { options.keep_connections = false; }
    void serve_both(int times) {
        for (int i = 0; i < times; ++i) {
            serve(first_key, taking("first"));
            serve(second_key, taking("second"));
        }
    }
    // The first of them.
    void known_as_slow(const std::vector<std::string>& keys) {
        for (const std::string& key : keys) {
            health::Subject subject{health::Scope::endpoint, key, key, "smtp", true};
            health::Record record = table.record(subject, loop.now());
            for (int i = 0; i < 10; ++i)
                record.latency(health::Latency::greeting, key == keys.front() ? 20s : 100ms);
        }
    }
    std::string sent_by(const std::string& sender) {
        ipc::DeliveryRequest made = request({"r@x.example"}, both);
        made.sender = sender;
        send(one, std::move(made));
        return last();
    }
};

TEST_F(PolicyChoiceTest, RoundRobinTakesTurns) {
    change().policy = Policy::round_robin;
    serve_both(10);
    for (int i = 0; i < 10; ++i)
        send(one);
    EXPECT_EQ(dials(first_key), 5u);
    EXPECT_EQ(dials(second_key), 5u);
}

TEST_F(PolicyChoiceTest, WeightedGoesByWeight) {
    change().policy = Policy::weighted;
    serve_both(200);
    for (int i = 0; i < 200; ++i)
        send(one, "[192.0.2.1]:25;weight=3, [192.0.2.2]:25;weight=1");
    EXPECT_GT(dials(first_key), 110u);
    EXPECT_LT(dials(first_key), 190u);
}

TEST_F(PolicyChoiceTest, ASendersMailStaysWithItsRelay) {
    change().policy = Policy::hash_sender;
    serve_both(60);
    std::map<std::string, std::string> homes;
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 20; ++i) {
            std::string sender = base::text("s", i, "@example.org");
            std::string home = sent_by(sender);
            EXPECT_EQ(homes.try_emplace(sender, home).first->second, home);
        }
    EXPECT_GT(dials(first_key), 0u);
    EXPECT_GT(dials(second_key), 0u);
}

TEST_F(PolicyChoiceTest, StickyStaysWithWhoTookOver) {
    change().policy = Policy::sticky;
    serve(second_key, taking("second"));
    send(one);
    pass(100s);
    serve_both(2);
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    pass(600s);
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 first");
}

TEST_F(PolicyChoiceTest, LeastOutstandingTakesWhoIsFree) {
    change().policy = Policy::least_outstanding;
    serve(first_key, {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "Z"});
    serve_both(4);
    // The first message tells what the names mean; it may go to either.
    send(one, "[192.0.2.1]:25");
    for (int i = 0; i < 4; ++i)
        send(two);
    EXPECT_GE(dials(second_key), 3u);
}

TEST_F(PolicyChoiceTest, PrioritiesMakeGroups) {
    change().policy = Policy::round_robin;
    serve_both(4);
    for (int i = 0; i < 4; ++i)
        send(one, "[192.0.2.1]:25;priority=2, [192.0.2.2]:25;priority=1");
    EXPECT_EQ(dials(first_key), 0u);
    EXPECT_EQ(dials(second_key), 4u);
}

TEST_F(PolicyChoiceTest, ASlowRelayOfAListComesAfterItsEquals) {
    change().policy = Policy::round_robin;
    known_as_slow({first_key, second_key});
    serve_both(5);
    send(one);
    EXPECT_EQ(state(first_key), health::State::closed);
    send(one);
    EXPECT_EQ(dials(first_key), 1u);
    EXPECT_EQ(state(first_key), health::State::slow);
    for (int i = 0; i < 4; ++i) {
        send(one);
        EXPECT_EQ(last(), "sent 2.0.0 250 second");
    }
    EXPECT_EQ(state(second_key), health::State::closed);
}

TEST_F(PolicyChoiceTest, ThePreferredRelayIsNotWeighedAgainstTheNext) {
    known_as_slow({first_key, second_key});
    serve_both(4);
    for (int i = 0; i < 4; ++i) {
        send(one);
        EXPECT_EQ(last(), "sent 2.0.0 250 first");
    }
    EXPECT_EQ(state(first_key), health::State::closed);
}

TEST_F(PolicyChoiceTest, ASlowRelayComesAfterItsEquals) {
    names.a("pair.example", "192.0.2.1").a("pair.example", "192.0.2.2");
    names.a("pair.example", "192.0.2.3");
    known_as_slow({first_key, second_key, "192.0.2.3:25"});
    serve_both(2);
    send(one, "[pair.example]");
    EXPECT_EQ(last(), "sent 2.0.0 250 first");
    EXPECT_EQ(state(first_key), health::State::slow);
    send(one, "[pair.example]");
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
}

}  // namespace
}  // namespace smtp_test
