// Messages behind messages: what goes ahead of a reply, and what becomes of it.
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

struct PipeliningTest : World {
    void add_three() {
        add(request({"a@x"}));
        add(request({"b@x"}));
        add(request({"c@x"}));
    }
    std::vector<std::string> outcomes() {
        std::vector<std::string> all;
        for (size_t i = 0; i < reports.size(); ++i)
            all.push_back(outcome(i));
        return all;
    }
};

const Script pipelining = {"S 220 mx", "C EHLO", "S 250-mx", "S 250 PIPELINING"};
const Script chunking = {"S 220 mx", "C EHLO", "S 250-mx", "S 250-PIPELINING", "S 250 CHUNKING"};

Script operator+(Script first, const Script& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

Script envelope(const std::string& recipient) {
    return {"C MAIL FROM:<s@example.org>", "C RCPT TO:<" + recipient + ">", "C DATA"};
}
Script chunk(const std::string& recipient) {
    return {"C MAIL FROM:<s@example.org>", "C RCPT TO:<" + recipient + ">", "B"};
}
Script behind(const std::string& recipient) {
    Script script = chunk(recipient);
    script.insert(script.begin(), "C RSET");
    return script;
}
const Script accepted = {"S 250 ok", "S 250 ok", "S 354 go"};

TEST_F(PipeliningTest, NextEnvelopeGoesBehindTheDot) {
    // The server says nothing about one message before it has the envelope of the next.
    serve("192.0.2.1:25", pipelining + envelope("a@x") + accepted + Script{"D"} + envelope("b@x") +
                              Script{"S 250 one"} + accepted + Script{"D"} + envelope("c@x") +
                              Script{"S 250 two"} + accepted + Script{"D", "S 250 three", "Z"});
    add_three();
    run();
    EXPECT_EQ(outcomes(), (std::vector<std::string>{"sent 2.0.0 250 one", "sent 2.0.0 250 two",
                                                    "sent 2.0.0 250 three"}));
    EXPECT_EQ(dialer.heard.size(), 1u);
    EXPECT_EQ(dialer.heard[0].wrong, "");
    read_log();
    EXPECT_NE(log.find("Q3: to=<c@x>, relay=192.0.2.1[192.0.2.1]:25, conn_use=3, delay=0"),
              std::string::npos)
        << log;
}

TEST_F(PipeliningTest, ChunksGoBehindChunks) {
    serve("192.0.2.1:25", chunking + chunk("a@x") + behind("b@x") +
                              Script{"S 250 ok", "S 250 ok", "S 250 one"} + behind("c@x") +
                              Script{"S 250 reset", "S 250 ok", "S 250 ok", "S 250 two"} +
                              Script{"S 250 reset", "S 250 ok", "S 250 ok", "S 250 three", "Z"});
    add_three();
    run();
    EXPECT_EQ(outcomes(), (std::vector<std::string>{"sent 2.0.0 250 one", "sent 2.0.0 250 two",
                                                    "sent 2.0.0 250 three"}));
    EXPECT_EQ(dialer.heard[0].wrong, "");
    EXPECT_EQ(dialer.heard[0].commands[3], "BDAT 21 LAST");
    EXPECT_EQ(dialer.heard[0].contents,
              (std::vector<std::string>{queue.usual, queue.usual, queue.usual}));
}

TEST_F(PipeliningTest, ChunksWithoutPipeliningWaitForTheRecipient) {
    serve("192.0.2.1:25", {"S 220 mx", "C EHLO", "S 250-mx", "S 250 CHUNKING", "C MAIL", "S 250 ok",
                           "C RCPT", "S 550 no", "C RSET", "S 250 ok", "C MAIL", "S 250 ok",
                           "C RCPT", "S 250 ok", "B", "S 250 taken", "Z"});
    add(request({"a@x"}));
    add(request({"b@x"}));
    run();
    EXPECT_EQ(outcome(0).substr(0, 7), "bounced");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 taken");
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

TEST_F(PipeliningTest, LargeContentGoesInPieces) {
    queue.usual.clear();
    while (queue.usual.size() < 200000)
        queue.usual += "a line of the message\r\n";
    for (const Script& offers : {pipelining, chunking}) {
        bool chunks = offers == chunking;
        Script content = chunks ? Script{"B", "B", "B", "B", "S 250 1", "S 250 2", "S 250 3"}
                                : Script{"C DATA", "S 354 go", "D"};
        serve("192.0.2.1:25", offers + Script{"C MAIL", "C RCPT", "S 250 ok", "S 250 ok"} +
                                  content + Script{"S 250 taken", "Z"});
        deliver({"a@x"});
        EXPECT_EQ(outcome(reports.size() - 1), "sent 2.0.0 250 taken");
        std::string all;
        for (const std::string& one : dialer.heard.back().contents)
            all += one;
        EXPECT_EQ(all, queue.usual);
        EXPECT_EQ(dialer.heard.back().wrong, "");
        pass(10s);
    }
}

TEST_F(PipeliningTest, AChunkRefusedEndsTheConnection) {
    queue.usual.assign(150000, 'x');
    serve("192.0.2.1:25", chunking + Script{"C MAIL", "C RCPT", "S 250 ok", "S 250 ok", "B", "B",
                                            "S 552 5.3.4 enough", "B", "E"});
    deliver({"a@x"});
    EXPECT_EQ(outcome(0),
              "bounced 5.3.4 host 192.0.2.1[192.0.2.1] said: 552 5.3.4 enough (in reply "
              "to BDAT command)");
    expect_played();
}

// The server refuses one message; the next one, sent ahead, is not to suffer.
TEST_F(PipeliningTest, RefusedAtTheDotSparesTheNext) {
    serve("192.0.2.1:25", pipelining + envelope("a@x") + accepted + Script{"D"} + envelope("b@x") +
                              Script{"S 554 spam"} + accepted + Script{"D", "S 250 two", "Z"});
    add(request({"a@x"}));
    add(request({"b@x"}));
    run();
    EXPECT_EQ(outcome(0).substr(0, 7), "bounced");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

// RFC 3030: after a failed BDAT the state is unknown; RSET keeps it from the next message.
TEST_F(PipeliningTest, AFailedChunkSparesTheNext) {
    serve("192.0.2.1:25", chunking + chunk("a@x") + behind("b@x") +
                              Script{"S 250 ok", "S 550 no", "S 554 none"} +
                              Script{"S 250 reset", "S 250 ok", "S 250 ok", "S 250 two", "Z"});
    add(request({"a@x"}));
    add(request({"b@x"}));
    run();
    EXPECT_EQ(outcome(0).substr(0, 7), "bounced");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
    EXPECT_EQ(dialer.heard.size(), 1u);
    EXPECT_EQ(dialer.heard[0].wrong, "");
    EXPECT_EQ(queue.marked["Q2/5"], 1);
}

TEST_F(PipeliningTest, ResetComesBeforeTheNextWhereATransactionIsOpen) {
    serve("192.0.2.1:25",
          pipelining + envelope("a@x") + Script{"S 250 ok", "S 550 no", "S 503 none", "C RSET"} +
              envelope("b@x") + Script{"S 250 reset"} + accepted + Script{"D", "S 250 two", "Z"});
    add(request({"a@x"}));
    add(request({"b@x"}));
    run();
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

TEST_F(PipeliningTest, LostAfterTheDotLeavesTheNextUnharmed) {
    serve("192.0.2.1:25",
          pipelining + envelope("a@x") + accepted + Script{"D"} + envelope("b@x") + Script{"X"});
    serve("192.0.2.1:25", pipelining + envelope("b@x") + accepted + Script{"D", "S 250 two", "Z"});
    add(request({"a@x"}));
    add(request({"b@x"}));
    run();
    EXPECT_EQ(outcome(0),
              "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while sending "
              "end of data -- message may be sent more than once");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
    EXPECT_EQ(reports[0].destination_trouble, "");
}

// With BDAT the content of the next message was sent as well: nobody knows of either.
TEST_F(PipeliningTest, LostWithChunksUnderWay) {
    serve("192.0.2.1:25", chunking + chunk("a@x") + behind("b@x") + Script{"X"});
    serve("192.0.2.1:25",
          chunking + chunk("c@x") + Script{"S 250 ok", "S 250 ok", "S 250 three", "Z"});
    add_three();
    run();
    const std::string unknown =
        "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while "
        "sending end of data -- message may be sent more than once";
    EXPECT_EQ(outcomes(), (std::vector<std::string>{unknown, unknown, "sent 2.0.0 250 three"}));
}

TEST_F(PipeliningTest, ClosingServerLosesNothing) {
    serve("192.0.2.1:25", chunking + chunk("a@x") + behind("b@x") +
                              Script{"S 250 ok", "S 250 ok", "S 250 one", "S 421 enough", "X"});
    serve("192.0.2.1:25",
          chunking + chunk("b@x") + Script{"S 250 ok", "S 250 ok", "S 250 two", "Z"});
    add(request({"a@x"}));
    add(request({"b@x"}));
    run();
    EXPECT_EQ(outcomes(), (std::vector<std::string>{"sent 2.0.0 250 one", "sent 2.0.0 250 two"}));
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

TEST_F(PipeliningTest, AnIdleConnectionThatWasClosedIsReplaced) {
    for (const Script& end : {Script{"X"}, Script{"C MAIL", "S 421 idle too long", "X"}}) {
        serve("192.0.2.1:25",
              pipelining + envelope("a@x") + accepted + Script{"D", "S 250 one"} + end);
        serve("192.0.2.1:25",
              pipelining + envelope("a@x") + accepted + Script{"D", "S 250 two", "Z"});
        deliver({"a@x"});
        deliver({"a@x"});
        EXPECT_EQ(outcome(reports.size() - 2), "sent 2.0.0 250 one");
        EXPECT_EQ(outcome(reports.size() - 1), "sent 2.0.0 250 two");
        pass(10s);
    }
}

// What was never sent is not in doubt, though its content would have gone along.
TEST_F(PipeliningTest, AnIdleConnectionThatWasClosedCarriesNoChunk) {
    for (const Script& end : {Script{"X"}, Script{"S 421 idle too long", "X"}}) {
        serve("192.0.2.1:25",
              chunking + chunk("a@x") + Script{"S 250 ok", "S 250 ok", "S 250 one"} + end);
        serve("192.0.2.1:25",
              chunking + chunk("a@x") + Script{"S 250 ok", "S 250 ok", "S 250 two", "Z"});
        deliver({"a@x"});
        deliver({"a@x"});
        EXPECT_EQ(outcome(reports.size() - 2), "sent 2.0.0 250 one");
        EXPECT_EQ(outcome(reports.size() - 1), "sent 2.0.0 250 two");
        pass(10s);
    }
}

TEST_F(PipeliningTest, A421ToTheFirstMessageOfAConnectionIsAnAnswer) {
    for (int i = 0; i < 3; ++i)
        serve("192.0.2.1:25", chunking + chunk("a@x") + Script{"S 421 go away", "X"});
    add(request({"a@x"}));
    add(request({"a@x"}));
    run();
    EXPECT_EQ(outcome(0).substr(0, 14), "deferred 4.0.0");
    EXPECT_EQ(outcome(1).substr(0, 14), "deferred 4.0.0");
    EXPECT_EQ(dialer.heard.size(), 2u);
}

TEST_F(PipeliningTest, ConnectionsAreReusedForAWhile) {
    Script session = pipelining;
    for (int i = 0; i < 3; ++i)
        session = session + envelope("a@x") + accepted + Script{"D", "S 250 ok"};
    lanes.spawn(idle.run());
    serve("192.0.2.1:25", session + Script{"C QUIT", "E"});
    deliver({"a@x"});
    pass(1900ms);
    deliver({"a@x"});
    pass(1900ms);
    deliver({"a@x"});
    EXPECT_EQ(idle.size(), 1u);
    pass(2s);
    EXPECT_EQ(idle.size(), 0u);
    EXPECT_EQ(dialer.heard.size(), 1u);
    EXPECT_EQ(dialer.heard[0].commands.back(), "QUIT");
}

TEST_F(PipeliningTest, NoConnectionIsUsedBeyondItsLimits) {
    lanes.spawn(idle.run());
    options.reuse_count = 1;  // so two messages
    Script session = pipelining + envelope("a@x") + accepted + Script{"D", "S 250 ok"};
    serve("192.0.2.1:25",
          session + envelope("a@x") + accepted + Script{"D", "S 250 ok", "C QUIT", "E"});
    serve("192.0.2.1:25", session + Script{"Z"});
    add(request({"a@x"}));
    add(request({"a@x"}));
    add(request({"a@x"}));
    run();
    EXPECT_EQ(dialer.heard.size(), 2u);
    EXPECT_EQ(reports.size(), 3u);
    EXPECT_TRUE(dialer.heard[0].finished);
}

TEST_F(PipeliningTest, AnotherNextHopHasItsOwnConnection) {
    serve("192.0.2.1:25", pipelining + envelope("a@x") + accepted + Script{"D", "S 250 one", "Z"});
    serve("192.0.2.2:25", pipelining + envelope("b@x") + accepted + Script{"D", "S 250 two", "Z"});
    add(request({"a@x"}, here));
    add(request({"b@x"}, there));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 one");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
}

TEST_F(PipeliningTest, RepliesToNothingEndTheConnection) {
    serve("192.0.2.1:25", pipelining + envelope("a@x") + accepted +
                              Script{"D", "S 250 one", "S 250 one more", "E"});
    serve("192.0.2.1:25", pipelining + envelope("a@x") + accepted + Script{"D", "S 250 two", "Z"});
    deliver({"a@x"});
    deliver({"a@x"});
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
    EXPECT_EQ(dialer.heard.size(), 2u);
}

TEST_F(PipeliningTest, ManyRecipientsGoInWindows) {
    std::vector<std::string> recipients;
    for (int i = 0; i < 450; ++i)
        recipients.push_back(base::text("r", i, "@x"));
    // 200 commands, 200 replies, 200 commands …: MAIL, 450 RCPT, DATA.
    Script script = pipelining;
    for (size_t first = 0; first < 452; first += 200) {
        size_t last = std::min<size_t>(first + 200, 452);
        for (size_t i = first; i < last; ++i)
            script.push_back(i == 0 ? "C MAIL" : i == 451 ? "C DATA" : "C RCPT");
        for (size_t i = first; i < last; ++i)
            script.push_back(i == 3 ? "S 450 busy" : i == 451 ? "S 354 go" : "S 250 ok");
    }
    serve("192.0.2.1:25", script + Script{"D", "S 250 all", "Z"});
    deliver(recipients);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].outcomes.size(), 450u);
    EXPECT_EQ(dialer.heard[0].wrong, "");
    EXPECT_EQ(outcome(0, 0), "sent 2.0.0 250 all");
    EXPECT_EQ(outcome(0, 2).substr(0, 14), "deferred 4.0.0");
    EXPECT_EQ(outcome(0, 449), "sent 2.0.0 250 all");
}

TEST_F(PipeliningTest, ParametersOfMailAndRcptAreThoseTheServerKnows) {
    ipc::DeliveryRequest made = request({"a@x"});
    made.encoding = mail::Encoding::eight_bit;
    made.dsn_envid = "QQ314";
    made.dsn_ret = "HDRS";
    made.recipients[0].notify = mail::notify_success | mail::notify_delay;
    made.recipients[0].orcpt = "rfc822;o@x";
    serve("192.0.2.1:25",
          {"S 220 mx", "C EHLO", "S 250-mx", "S 250-SIZE 1000000", "S 250-8BITMIME", "S 250 DSN",
           "C MAIL FROM:<s@example.org> SIZE=21 BODY=8BITMIME RET=HDRS ENVID=QQ314", "S 250 ok",
           "C RCPT TO:<a@x> ORCPT=rfc822;o@x NOTIFY=SUCCESS,DELAY", "S 250 ok", "C DATA",
           "S 354 go", "D", "S 250 ok", "Z"});
    add(made);
    run();
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

}  // namespace
}  // namespace smtp_test
