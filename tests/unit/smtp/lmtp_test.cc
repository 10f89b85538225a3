// LMTP: LHLO, sockets, and a reply for each recipient.
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

const Script hello = {"S 220 store LMTP", "C LHLO client.example", "S 250-store",
                      "S 250 PIPELINING"};

struct LmtpTest : World {
    LmtpTest() {
        options.lmtp = true;
        options.nexthop.lookup.guard_loops = false;
        options.nexthop.rules.lmtp = true;
        options.nexthop.rules.port = 24;
    }
    static constexpr const char* store = "unix:private/store";
};

const Script envelope = {"C MAIL", "C RCPT TO:<a", "C RCPT TO:<b", "C RCPT TO:<c", "C DATA"};

Script operator+(Script first, const Script& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

TEST_F(LmtpTest, EachRecipientHasAReply) {
    serve("private/store",
          hello + envelope +
              Script{"S 250 ok", "S 250 ok", "S 550 5.1.1 who", "S 250 ok", "S 354 go", "D",
                     "S 250 2.0.0 <a> stored", "S 452 4.2.2 <c> is full", "Z"});
    deliver({"a@x", "b@x", "c@x"}, store);
    const std::string host = "host client.example[private/store] said: ";
    EXPECT_EQ(outcome(0, 0), "sent 2.0.0 250 2.0.0 <a> stored");
    EXPECT_EQ(outcome(0, 1),
              "bounced 5.1.1 " + host + "550 5.1.1 who (in reply to RCPT TO command)");
    EXPECT_EQ(outcome(0, 2),
              "deferred 4.2.2 " + host + "452 4.2.2 <c> is full (in reply to end of DATA command)");
    EXPECT_EQ(queue.marked.size(), 1u);
    read_log();
    EXPECT_NE(log.find("to=<a@x>, relay=client.example[private/store], delay=0"), std::string::npos)
        << log;
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

TEST_F(LmtpTest, RefusedAtTheEnd) {
    serve("private/store", hello + Script{"C MAIL", "C RCPT", "C DATA", "S 250 ok", "S 250 ok",
                                          "S 354 go", "D", "S 552 5.2.2 over quota", "Z"});
    deliver({"a@x"}, store);
    EXPECT_EQ(outcome(0),
              "bounced 5.2.2 host client.example[private/store] said: 552 5.2.2 over quota (in "
              "reply to end of DATA command)");
}

// What was answered is known; of the rest nobody knows.
TEST_F(LmtpTest, LostAmongTheReplies) {
    serve("private/store", hello + envelope +
                               Script{"S 250 ok", "S 250 ok", "S 250 ok", "S 250 ok", "S 354 go",
                                      "D", "S 250 one", "X"});
    deliver({"a@x", "b@x", "c@x"}, store);
    EXPECT_EQ(outcome(0, 0), "sent 2.0.0 250 one");
    for (size_t i : {1u, 2u})
        EXPECT_EQ(outcome(0, i),
                  "deferred 4.4.2 lost connection with client.example[private/store] while sending "
                  "end of data -- message may be sent more than once");
    EXPECT_EQ(queue.marked.size(), 1u);
}

TEST_F(LmtpTest, TheNextMessageGoesBehindTheDot) {
    serve("private/store", hello + Script{"C MAIL",
                                          "C RCPT TO:<a",
                                          "C RCPT TO:<b",
                                          "C DATA",
                                          "S 250 ok",
                                          "S 250 ok",
                                          "S 250 ok",
                                          "S 354 go",
                                          "D",
                                          "C MAIL",
                                          "C RCPT TO:<c",
                                          "C DATA",
                                          "S 250 one",
                                          "S 450 4.2.0 two",
                                          "S 250 ok",
                                          "S 250 ok",
                                          "S 354 go",
                                          "D",
                                          "S 250 three",
                                          "Z"});
    add(request({"a@x", "b@x"}, store));
    add(request({"c@x"}, store));
    run();
    EXPECT_EQ(outcome(0, 0), "sent 2.0.0 250 one");
    EXPECT_TRUE(outcome(0, 1).starts_with("deferred 4.2.0 host"));
    EXPECT_EQ(outcome(1, 0), "sent 2.0.0 250 three");
    EXPECT_EQ(dialer.dialled.size(), 1u);
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

TEST_F(LmtpTest, ChunksAreNotUsed) {
    serve("private/store",
          {"S 220 store", "C LHLO", "S 250-store", "S 250-CHUNKING", "S 250 PIPELINING", "C MAIL",
           "C RCPT", "C DATA", "S 250 ok", "S 250 ok", "S 354 go", "D", "S 250 stored", "Z"});
    deliver({"a@x"}, store);
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 stored");
}

TEST_F(LmtpTest, GreetingsThatSayNo) {
    struct Row {
        Script script;
        std::string outcome;
    };
    const std::string refused = "host client.example[private/store] refused to talk to me: ";
    const Row rows[] = {
        {{"S 220 store", "C LHLO", "S 500 what", "E"}, "bounced 5.0.0 " + refused + "500 what"},
        {{"S 220 store", "C LHLO", "S 450 4.3.0 no", "E"},
         "deferred 4.3.0 " + refused + "450 4.3.0 no"},
        {{"S 554 no", "E"}, "deferred 4.0.0 " + refused + "554 no"},
        {{"S 220 store", "C LHLO", "X"},
         "deferred 4.4.2 lost connection with client.example[private/store] while performing the "
         "LHLO handshake"},
        {hello +
             Script{"C MAIL", "C RCPT", "C DATA", "S 250 ok", "S 550 5.1.1 no", "S 354 go", "E"},
         "bounced 5.1.1 host client.example[private/store] said: 550 5.1.1 no (in reply to RCPT TO "
         "command)"},
    };
    for (const Row& row : rows) {
        serve("private/store", row.script);
        deliver({"a@x"}, store);
        EXPECT_EQ(outcome(reports.size() - 1), row.outcome);
        EXPECT_EQ(dialer.heard.back().wrong, "");
    }
}

TEST_F(LmtpTest, HostsAndListsOfThem) {
    names.a("store.example", "192.0.2.1").mx("store.example", 10, "mx.example");
    options.nexthop.lookup.own = config::OwnAddresses({"192.0.2.1"});
    Script accepting = hello + Script{"C MAIL",   "C RCPT", "C DATA",       "S 250 ok", "S 250 ok",
                                      "S 354 go", "D",      "S 250 stored", "Z"};
    serve("192.0.2.1:24", accepting);
    serve("192.0.2.1:2400", accepting);
    deliver({"a@x"}, "unix:private/gone, inet:store.example");
    deliver({"a@x"}, "inet:[store.example]:2400");
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 stored");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 stored");
    EXPECT_EQ(reports[0].outcomes[0].relay, "store.example[192.0.2.1]:24");
    read_log();
    EXPECT_NE(log.find("connect to client.example[private/gone]: Connection refused"),
              std::string::npos)
        << log;
}

TEST_F(LmtpTest, ASocketHasNoFallback) {
    options.nexthop.fallback_relay = "[192.0.2.1]";
    deliver({"a@x"}, store);
    EXPECT_EQ(outcome(0),
              "deferred 4.4.1 connect to client.example[private/store]: Connection refused");
    EXPECT_NE(reports[0].destination_trouble, "");
    EXPECT_EQ(dialer.dialled.size(), 1u);
}

}  // namespace
}  // namespace smtp_test
