// Time limits of each command, and what a server may not send.
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

struct LimitsTest : World {};

const Script hello = {"S 220 mx", "C EHLO", "S 250-mx", "S 250 PIPELINING"};
const Script chunking = {"S 220 mx", "C EHLO", "S 250-mx", "S 250-PIPELINING", "S 250 CHUNKING"};

Script operator+(Script first, const Script& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

TEST_F(LimitsTest, EachCommandHasItsTime) {
    struct Row {
        Script script;
        base::Duration limit;
        std::string doing;
    };
    const Script envelope = {"C MAIL", "C RCPT", "C DATA"};
    const Row rows[] = {
        {{"Z"}, 300s, "receiving the initial server greeting"},
        {{"S 220-more", "Z"}, 300s, "receiving the initial server greeting"},
        {{"S 220 mx", "C EHLO", "Z"}, 301s, "performing the EHLO handshake"},
        {{"S 220 mx", "C EHLO", "S 500 what", "C HELO", "Z"},
         301s,
         "performing the HELO handshake"},
        {hello + envelope + Script{"Z"}, 302s, "sending MAIL FROM"},
        {hello + envelope + Script{"S 250 ok", "Z"}, 303s, "sending RCPT TO"},
        {hello + envelope + Script{"S 250 ok", "S 250 ok", "Z"}, 120s, "sending DATA command"},
        {hello + envelope + Script{"S 250 ok", "S 250 ok", "S 354 ok", "D", "Z"}, 600s,
         "sending end of data -- message may be sent more than once"},
        {chunking + Script{"C MAIL", "C RCPT", "B", "S 250 ok", "S 250 ok", "Z"}, 600s,
         "sending end of data -- message may be sent more than once"},
    };
    options.helo = 301s;
    options.mail = 302s;
    options.rcpt = 303s;
    for (const Row& row : rows) {
        options.helo = row.limit == 300s ? 300s : 301s;
        serve("192.0.2.1:25", row.script);
        deliver({"a@x"});
        pass(row.limit - 1s);
        size_t before = reports.size();
        pass(1s);
        ASSERT_EQ(reports.size(), before + 1) << row.doing;
        EXPECT_EQ(outcome(before),
                  "deferred 4.4.2 conversation with 192.0.2.1[192.0.2.1] timed out "
                  "while " +
                      row.doing);
    }
}

// A byte now and then does not keep a conversation alive.
TEST_F(LimitsTest, AReplyIsDueAsAWhole) {
    serve("192.0.2.1:25", {"T 220 mx", "C never"});
    deliver({"a@x"});
    pass(100s);
    pass(100s);
    pass(99s);
    EXPECT_TRUE(reports.empty());
    pass(1s);
    EXPECT_EQ(reports.size(), 1u);
}

TEST_F(LimitsTest, ContentThatNobodyReads) {
    queue.usual.assign(300000, 'x');
    dialer.capacity = 1000;
    serve("192.0.2.1:25",
          hello + Script{"C MAIL", "C RCPT", "C DATA", "S 250 ok", "S 250 ok", "S 354 ok"});
    // The script ends, and with it the connection.
    deliver({"a@x"});
    EXPECT_EQ(outcome(0),
              "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while sending "
              "message body");
}

// Ten bytes a second: no wait is long, the whole is.
TEST_F(LimitsTest, AServerThatTakesItsTime) {
    queue.usual.assign(67000, 'x');
    dialer.capacity = 1000;
    struct Row {
        bool per_request;
        uint64_t least_rate;
        bool sent;
    };
    const Row rows[] = {{false, 500, true}, {true, 500, false}, {true, 5, true}};
    for (const Row& row : rows) {
        options.per_request_deadline = row.per_request;
        options.least_rate = row.least_rate;
        serve("192.0.2.1:25", hello + Script{"C MAIL", "C RCPT", "C DATA", "S 250 ok", "S 250 ok",
                                             "S 354 ok", "W", "S 250 taken", "X"});
        size_t before = reports.size();
        deliver({"a@x"});
        for (int i = 0; i < 300 && reports.size() == before; ++i)
            pass(100s);
        EXPECT_EQ(outcome(before), row.sent
                                       ? "sent 2.0.0 250 taken"
                                       : "deferred 4.4.2 conversation with 192.0.2.1[192.0.2.1] "
                                         "timed out while sending message body");
        pass(10s);
    }
}

TEST_F(LimitsTest, WhatTheServerSaidBeforeItClosed) {
    queue.usual.assign(300000, 'x');
    dialer.capacity = 1000;
    struct Row {
        std::string reply;
        std::string outcome;
    };
    const Row rows[] = {
        {"552 5.3.4 too much",
         "bounced 5.3.4 host 192.0.2.1[192.0.2.1] said: 552 5.3.4 too much "
         "(in reply to end of DATA command)"},
        {"421 4.3.2 bye",
         "deferred 4.3.2 host 192.0.2.1[192.0.2.1] said: 421 4.3.2 bye (in reply "
         "to end of DATA command)"},
        {"250 fine",
         "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while sending "
         "message body"},
    };
    for (const Row& row : rows) {
        serve("192.0.2.1:25", hello + Script{"C MAIL", "C RCPT", "C DATA", "S 250 ok", "S 250 ok",
                                             "S 354 ok", "S " + row.reply, "X"});
        deliver({"a@x"});
        EXPECT_EQ(outcome(reports.size() - 1), row.outcome);
    }
}

// However much of it comes, what is no reply is neither kept nor taken for one.
TEST_F(LimitsTest, WhatIsNoReplyIsWaitedOut) {
    for (const std::string& bytes :
         {std::string(50000, '2'), std::string("\0\0\0\r\n", 5), std::string("99 x\r\n"),
          std::string("2200 x\r\n"), std::string("hello there\r\n")}) {
        serve("192.0.2.1:25", {"R " + bytes, "E"});
        deliver({"a@x"});
        pass(300s);
        EXPECT_EQ(outcome(reports.size() - 1),
                  "deferred 4.4.2 conversation with 192.0.2.1[192.0.2.1] timed out while receiving "
                  "the initial server greeting")
            << bytes.substr(0, 40);
    }
    EXPECT_EQ(reports.size(), 5u);
}

TEST_F(LimitsTest, LongRepliesAreOneLineInTheLog) {
    serve("192.0.2.1:25", {"S 220-one", "S 220 two", "C EHLO", "S 250 mx", "C MAIL",
                           "S 550-5.7.1 first\tpart", "S 550 5.7.1 second \x01 part", "Z"});
    deliver({"a@x"});
    EXPECT_EQ(outcome(0),
              "bounced 5.7.1 host 192.0.2.1[192.0.2.1] said: 550-5.7.1 first part 550 "
              "5.7.1 second ? part (in reply to MAIL FROM command)");
    EXPECT_EQ(reports[0].outcomes[0].remote_mta, "192.0.2.1");
    EXPECT_EQ(reports[0].outcomes[0].diagnostic, "550-5.7.1 first part 550 5.7.1 second ? part");
}

// Every form that some server takes for an end of data, inside a message.
TEST_F(LimitsTest, NothingInAMessageEndsIt) {
    const std::string forms[] = {"\n.\n",
                                 "\n.\r",
                                 "\r.\n",
                                 "\r.\r",
                                 "\n.\r\n",
                                 "\r.\r\n",
                                 std::string("\r\n\0.\r\n", 6),
                                 "\r\n.\r\r\n",
                                 "\r\r\n.\r\r\n",
                                 "\r\n.\n",
                                 "\r\n.\r",
                                 std::string("\r\n.\0\r\n", 6),
                                 "\r\n.\r\n"};
    for (const std::string& form : forms) {
        queue.usual = "Subject: x\r\n\r\nbefore" + form + "MAIL FROM:<evil@x>\r\n";
        serve("192.0.2.1:25", hello + Script{"C MAIL", "C RCPT", "C DATA", "S 250 ok", "S 250 ok",
                                             "S 354 ok", "D", "S 250 taken", "E"});
        deliver({"a@x"});
        pass(10s);
        lanes.spawn(idle.run());
        pass(1s);
        lanes.cancel();
        pass(1s);
        ASSERT_EQ(dialer.heard.back().contents.size(), 1u);
        const std::string& wire = dialer.heard.back().contents[0];
        EXPECT_TRUE(wire.ends_with("MAIL FROM:<evil@x>\r\n"));
        for (const std::string& bad : forms)
            EXPECT_EQ(wire.find(bad), std::string::npos) << testing::PrintToString(wire);
        EXPECT_EQ(outcome(reports.size() - 1), "sent 2.0.0 250 taken");
    }
}

}  // namespace
}  // namespace smtp_test
