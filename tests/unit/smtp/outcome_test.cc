// What follows from what: each row of the table in smtp(8).
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

const Script hello = {"S 220 mx", "C EHLO client.example", "S 250-mx", "S 250 PIPELINING"};

Script after_hello(const Script& steps) {
    Script script = hello;
    script.insert(script.end(), steps.begin(), steps.end());
    return script;
}

struct OutcomeTest : World {};

TEST_F(OutcomeTest, DeliversWithoutPipelining) {
    serve("192.0.2.1:25",
          {"S 220 mx", "C EHLO client.example", "S 250 mx", "C MAIL FROM:<s@example.org>",
           "S 250 2.1.0 ok", "C RCPT TO:<a@x.example>", "S 250 ok", "C DATA", "S 354 go", "D",
           "S 250 2.0.0 taken as 17", "Z"});
    deliver({"a@x.example"});
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 2.0.0 taken as 17");
    EXPECT_EQ(dialer.heard[0].contents, std::vector<std::string>{queue.usual});
    EXPECT_EQ(queue.marked["Q1/5"], 1);
    read_log();
    EXPECT_NE(log.find("Q1: to=<a@x.example>, relay=192.0.2.1[192.0.2.1]:25, delay=0, "
                       "delays=0/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 taken as 17)"),
              std::string::npos)
        << log;
}

TEST_F(OutcomeTest, ACodeWithoutText) {
    serve("192.0.2.1:25", after_hello({"C MAIL", "C RCPT", "C DATA", "S 250", "S 250", "S 354", "D",
                                       "S 250", "Z"}));
    deliver({"a@x.example"});
    EXPECT_EQ(outcome(0), "sent 2.0.0 250");
}

struct Row {
    const char* name;
    Script script;
    std::string outcome;  // with one server alone
    bool next;            // a second server in the list gets the message
    bool destination;     // qmgr hears of it
};

const std::vector<Row> rows = {
    {"greeting 4xx",
     {"S 421 4.3.2 busy", "Z"},
     "deferred 4.3.2 host 192.0.2.1[192.0.2.1] refused to talk to me: 421 4.3.2 busy",
     true,
     true},
    {"greeting 5xx",
     {"S 554 no", "Z"},
     "deferred 4.0.0 host 192.0.2.1[192.0.2.1] refused to talk to me: 554 no",
     true,
     true},
    {"greeting unknown",
     {"S 354 what", "Z"},
     "deferred 4.5.0 Protocol error: host 192.0.2.1[192.0.2.1] refused to talk to me: 354 what",
     true,
     true},
    {"no greeting",
     {"X"},
     "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while receiving the initial server "
     "greeting",
     true,
     true},
    {"EHLO 421",
     {"S 220 mx", "C EHLO", "S 421 bye", "Z"},
     "deferred 4.0.0 host 192.0.2.1[192.0.2.1] refused to talk to me: 421 bye",
     true,
     true},
    {"lost at EHLO",
     {"S 220 mx", "C EHLO", "X"},
     "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while performing the EHLO handshake",
     true,
     true},
    {"HELO 4xx",
     {"S 220 mx", "C EHLO", "S 502 what", "C HELO", "S 450 later", "Z"},
     "deferred 4.0.0 host 192.0.2.1[192.0.2.1] refused to talk to me: 450 later",
     true,
     true},
    {"HELO 5xx",
     {"S 220 mx", "C EHLO", "S 502 what", "C HELO", "S 550 5.7.1 never", "Z"},
     "bounced 5.7.1 host 192.0.2.1[192.0.2.1] refused to talk to me: 550 5.7.1 never",
     false,
     false},
    {"MAIL 4xx",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 450 4.1.8 x", "S 503 x", "S 503 x", "Z"}),
     "deferred 4.1.8 host 192.0.2.1[192.0.2.1] said: 450 4.1.8 x (in reply to MAIL FROM command)",
     true, false},
    {"MAIL 5xx",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 550 5.1.8 x", "S 503 x", "S 503 x", "Z"}),
     "bounced 5.1.8 host 192.0.2.1[192.0.2.1] said: 550 5.1.8 x (in reply to MAIL FROM command)",
     false, false},
    {"MAIL 421", after_hello({"C MAIL", "S 421 4.3.2 x", "Z"}),
     "deferred 4.3.2 host 192.0.2.1[192.0.2.1] said: 421 4.3.2 x (in reply to MAIL FROM command)",
     true, false},
    {"wrong enhanced code",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 550 4.1.8 x", "S 503 x", "S 503 x", "Z"}),
     "bounced 5.0.0 host 192.0.2.1[192.0.2.1] said: 550 4.1.8 x (in reply to MAIL FROM command)",
     false, false},
    {"MAIL 354", after_hello({"C MAIL", "C RCPT", "C DATA", "S 354 x", "S 250 x", "S 354 x", "E"}),
     "deferred 4.5.0 Protocol error: host 192.0.2.1[192.0.2.1] said: 354 x (in reply to MAIL FROM "
     "command)",
     true, false},
    {"RCPT 4xx",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 452 4.2.2 full", "S 503 x", "Z"}),
     "deferred 4.2.2 host 192.0.2.1[192.0.2.1] said: 452 4.2.2 full (in reply to RCPT TO command)",
     true, false},
    {"RCPT 5xx",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 552 5.2.2 full", "S 503 x", "Z"}),
     "bounced 5.2.2 host 192.0.2.1[192.0.2.1] said: 552 5.2.2 full (in reply to RCPT TO command)",
     false, false},
    {"RCPT 354", after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 354 x", "S 354 x", "E"}),
     "deferred 4.5.0 Protocol error: host 192.0.2.1[192.0.2.1] said: 354 x (in reply to RCPT TO "
     "command)",
     true, false},
    {"RCPT 5xx, yet DATA 354",
     after_hello(
         {"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 550 no", "S 354 x", "D", "S 554 none", "Z"}),
     "bounced 5.0.0 host 192.0.2.1[192.0.2.1] said: 550 no (in reply to RCPT TO command)", false,
     false},
    {"DATA 4xx",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 451 4.3.0 x", "Z"}),
     "deferred 4.3.0 host 192.0.2.1[192.0.2.1] said: 451 4.3.0 x (in reply to DATA command)", true,
     false},
    {"DATA 5xx", after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 554 x", "Z"}),
     "bounced 5.0.0 host 192.0.2.1[192.0.2.1] said: 554 x (in reply to DATA command)", false,
     false},
    {"DATA 250", after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 250 x", "E"}),
     "deferred 4.5.0 Protocol error: host 192.0.2.1[192.0.2.1] said: 250 x (in reply to DATA "
     "command)",
     true, false},
    {"dot 4xx",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 354 x", "D",
                  "S 452 4.3.1 x", "Z"}),
     "deferred 4.3.1 host 192.0.2.1[192.0.2.1] said: 452 4.3.1 x (in reply to end of DATA command)",
     true, false},
    {"dot 5xx",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 354 x", "D",
                  "S 554 5.6.0 spam", "Z"}),
     "bounced 5.6.0 host 192.0.2.1[192.0.2.1] said: 554 5.6.0 spam (in reply to end of DATA "
     "command)",
     false, false},
    {"dot 354",
     after_hello(
         {"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 354 x", "D", "S 354 x", "E"}),
     "deferred 4.5.0 Protocol error: host 192.0.2.1[192.0.2.1] said: 354 x (in reply to end of "
     "DATA "
     "command)",
     false, false},
    {"lost at MAIL", after_hello({"C MAIL", "X"}),
     "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while sending MAIL FROM", true,
     false},
    {"lost at RCPT", after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "X"}),
     "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while sending RCPT TO", true, false},
    {"lost at DATA", after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "X"}),
     "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while sending DATA command", true,
     false},
    {"lost after dot",
     after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 354 x", "D", "X"}),
     "deferred 4.4.2 lost connection with 192.0.2.1[192.0.2.1] while sending end of data -- "
     "message "
     "may be sent more than once",
     false, false},
};

const Script accepting = {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 250 ok",    "C RCPT",
                          "S 250 ok", "C DATA", "S 354 ok", "D",      "S 250 taken", "Z"};

struct RowTest : World, testing::WithParamInterface<Row> {};

TEST_P(RowTest, AloneAndInAList) {
    without_failover();
    const Row& row = GetParam();
    serve("192.0.2.1:25", row.script);
    deliver({"a@x.example"});
    EXPECT_EQ(outcome(0), row.outcome);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].destination_trouble.empty(), !row.destination);

    pass(10s);
    serve("192.0.2.1:25", row.script);
    serve("192.0.2.2:25", accepting);
    deliver({"a@x.example"}, std::string(here) + ", " + there);
    std::string second = outcome(1);
    if (row.next)
        EXPECT_EQ(second, "sent 2.0.0 250 taken");
    else
        EXPECT_EQ(second, row.outcome);
    EXPECT_EQ(queue.marked["Q2/5"], row.next ? 1 : 0);
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[1].destination_trouble, "");
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

std::string name_of(const testing::TestParamInfo<Row>& info) {
    std::string name;
    for (const char* c = info.param.name; *c; ++c)
        if (isalnum(static_cast<unsigned char>(*c)))
            name += *c;
    return name;
}

INSTANTIATE_TEST_SUITE_P(Table, RowTest, testing::ValuesIn(rows), name_of);

TEST_F(OutcomeTest, ConnectionRefused) {
    deliver({"a@x.example"});
    const std::string reason = "connect to 192.0.2.1[192.0.2.1]:25: Connection refused";
    EXPECT_EQ(outcome(0), "deferred 4.4.1 " + reason);
    EXPECT_EQ(reports[0].destination_trouble, reason);
    EXPECT_EQ(reports[0].trouble_dsn.text(), "4.4.1");
    EXPECT_EQ(reports[0].outcomes[0].relay, "none");
    read_log();
    EXPECT_NE(log.find(": " + reason + "\n"), std::string::npos) << log;
    EXPECT_NE(log.find("relay=none, delay=0, delays=0/0/0/0, dsn=4.4.1, status=deferred (connect"),
              std::string::npos)
        << log;
}

TEST_F(OutcomeTest, ConnectTimesOut) {
    without_failover();
    dialer.silent = true;
    deliver({"a@x.example"}, std::string(here) + " " + there);
    pass(29s);
    EXPECT_EQ(dialer.dialled.size(), 1u);
    pass(1s);
    EXPECT_EQ(dialer.dialled.size(), 2u);
    pass(30s);
    EXPECT_EQ(outcome(0),
              "deferred 4.4.1 connect to 192.0.2.2[192.0.2.2]:25: Connection timed out");
    EXPECT_NE(reports[0].destination_trouble, "");
}

TEST_F(OutcomeTest, OurOwnShortageIsNotBlamedOnTheRelay) {
    dialer.error = EMFILE;
    deliver({"a@x.example"}, std::string(here) + " " + there);
    EXPECT_EQ(dialer.dialled.size(), 1u);
    EXPECT_NE(outcome(0).find("deferred 4.4.1"), std::string::npos);
    EXPECT_EQ(reports[0].destination_trouble, "");
}

TEST_F(OutcomeTest, Greeting5xxBouncesWhereConfigured) {
    without_failover();
    options.skip_5xx_greeting = false;
    serve("192.0.2.1:25", {"S 554 5.7.1 no", "Z"});
    deliver({"a@x.example"}, std::string(here) + " " + there);
    EXPECT_EQ(outcome(0),
              "bounced 5.7.1 host 192.0.2.1[192.0.2.1] refused to talk to me: 554 5.7.1 no");
    EXPECT_EQ(reports[0].destination_trouble, "");
}

TEST_F(OutcomeTest, SoftBounceKeepsWhatWouldBeReturned) {
    options.soft_bounce = true;
    serve("192.0.2.1:25",
          after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 550 5.1.1 no", "S 503 x", "Z"}));
    deliver({"a@x.example"});
    EXPECT_EQ(outcome(0),
              "deferred 4.1.1 host 192.0.2.1[192.0.2.1] said: 550 5.1.1 no (in reply to "
              "RCPT TO command)");
}

TEST_F(OutcomeTest, RecipientsHaveTheirOwnFates) {
    serve("192.0.2.1:25", after_hello({"C MAIL", "C RCPT TO:<a", "C RCPT TO:<b", "C RCPT TO:<c",
                                       "C DATA", "S 250 x", "S 250 x", "S 450 4.2.0 later",
                                       "S 550 5.1.1 no", "S 354 x", "D", "S 250 one", "Z"}));
    serve("192.0.2.2:25", {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 250 ok", "C RCPT TO:<b",
                           "S 250 ok", "C DATA", "S 354 ok", "D", "S 250 two", "Z"});
    deliver({"a@x", "b@x", "c@x"}, std::string(here) + "," + there);
    EXPECT_EQ(outcome(0, 0), "sent 2.0.0 250 one");
    EXPECT_EQ(outcome(0, 1), "sent 2.0.0 250 two");
    EXPECT_NE(outcome(0, 2).find("bounced 5.1.1"), std::string::npos);
    EXPECT_EQ(reports[0].outcomes.size(), 3u);
    EXPECT_EQ(queue.marked.size(), 2u);
    read_log();
    EXPECT_NE(log.find("Q1: host 192.0.2.1[192.0.2.1] said: 450 4.2.0 later (in reply to RCPT TO "
                       "command)"),
              std::string::npos)
        << log;
}

TEST_F(OutcomeTest, TooBigForAllServersIsReturned) {
    Script small = {"S 220 mx", "C EHLO", "S 250-mx", "S 250 SIZE 10", "Z"};
    serve("192.0.2.1:25", small);
    serve("192.0.2.2:25", small);
    deliver({"a@x"}, std::string(here) + "," + there);
    EXPECT_EQ(outcome(0),
              "bounced 5.3.4 message size 21 exceeds size limit 10 of server "
              "192.0.2.2[192.0.2.2]");
    pass(10s);
    serve("192.0.2.1:25", small);
    deliver({"a@x"}, std::string(here) + "," + there);
    EXPECT_NE(outcome(1).find("deferred 4.4.1"), std::string::npos) << outcome(1);
}

TEST_F(OutcomeTest, ContentThatCannotBeReadIsDeferred) {
    queue.readable = false;
    serve("192.0.2.1:25", after_hello({"Z"}));
    deliver({"a@x"}, std::string(here) + "," + there);
    EXPECT_NE(outcome(0).find("deferred 4.3.0 cannot read the message"), std::string::npos);
    EXPECT_EQ(dialer.dialled.size(), 1u);
}

TEST_F(OutcomeTest, NoFinalDotForContentThatWasReplaced) {
    queue.valid = false;
    serve("192.0.2.1:25",
          after_hello({"C MAIL", "C RCPT", "C DATA", "S 250 x", "S 250 x", "S 354 x", "E"}));
    deliver({"a@x"});
    EXPECT_NE(outcome(0).find("deferred 4.3.0 cannot read the message"), std::string::npos);
    EXPECT_TRUE(dialer.heard[0].contents.empty());
    expect_played();
}

TEST_F(OutcomeTest, ControlCharactersNeverReachTheServer) {
    serve("192.0.2.1:25", after_hello({"C MAIL", "C RCPT TO:<b@x>", "C DATA", "S 250 x", "S 250 x",
                                       "S 354 x", "D", "S 250 y", "Z"}));
    deliver({"a\r\nRSET\r\n@x", "b@x"});
    EXPECT_EQ(outcome(0, 0), "bounced 5.1.3 bad recipient address syntax");
    EXPECT_EQ(outcome(0, 1), "sent 2.0.0 250 y");
}

}  // namespace
}  // namespace smtp_test
