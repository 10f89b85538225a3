// What servers are told of clients.
#include "smtp/xforward.h"

#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

const std::vector<std::string> all_attributes = {"NAME", "ADDR",  "PORT",  "PROTO",
                                                 "HELO", "IDENT", "SOURCE"};

mail::Envelope remote_mail() {
    mail::Envelope mail;
    mail.queue_id = "QQ";
    mail.client_name = "client.example";
    mail.client_address = "192.0.2.9";
    mail.client_port = "4711";
    mail.protocol = "ESMTP";
    mail.helo_name = "he lo";
    return mail;
}

TEST(Xforward, Commands) {
    using Commands = std::vector<std::string>;
    mail::Envelope remote = remote_mail();
    const std::string how = "XFORWARD PROTO=ESMTP HELO=he+20lo IDENT=QQ SOURCE=REMOTE\r\n";
    EXPECT_EQ(smtp::xforward_commands(remote, all_attributes),
              (Commands{"XFORWARD NAME=client.example ADDR=192.0.2.9 PORT=4711\r\n", how}));
    EXPECT_EQ(smtp::xforward_commands(remote, {"ADDR", "SHOE_SIZE"}),
              Commands{"XFORWARD ADDR=192.0.2.9\r\n"});
    EXPECT_EQ(smtp::xforward_commands(remote, {}), Commands{});

    remote.client_name = "unknown";
    remote.client_address = "2001:db8::1";
    remote.client_port.clear();
    remote.more["log_ident"] = "EARLIER";
    EXPECT_EQ(smtp::xforward_commands(remote, {"NAME", "ADDR", "PORT", "IDENT", "HELO"}),
              (Commands{"XFORWARD ADDR=IPv6:2001:db8::1\r\n",
                        "XFORWARD HELO=he+20lo IDENT=EARLIER\r\n"}));

    mail::Envelope local;
    local.queue_id = "QQ";
    EXPECT_EQ(smtp::xforward_commands(local, {"NAME", "ADDR", "IDENT"}), Commands{});
    EXPECT_EQ(smtp::xforward_commands(local, all_attributes),
              Commands{"XFORWARD IDENT=QQ SOURCE=LOCAL\r\n"});
    local.more["rewrite_context"] = "remote";
    EXPECT_EQ(smtp::xforward_commands(local, {"SOURCE"}), Commands{"XFORWARD SOURCE=REMOTE\r\n"});
}

struct XforwardTest : World {
    Script hello = {"S 220 filter",     "C EHLO",         "S 250-filter",
                    "S 250-PIPELINING", "S 250-CHUNKING", "S 250 XFORWARD NAME ADDR proto SOURCE"};
    XforwardTest() {
        options.send_xforward = true;
        queue.client = remote_mail();
    }
};

Script operator+(Script first, const Script& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// Each message has its own, in front of MAIL and behind the RSET that ends the one before.
TEST_F(XforwardTest, ComesBeforeEachMail) {
    serve("192.0.2.1:25", hello + Script{"C XFORWARD NAME=client.example ADDR=192.0.2.9",
                                         "C XFORWARD PROTO=ESMTP SOURCE=REMOTE",
                                         "C MAIL",
                                         "C RCPT TO:<a",
                                         "B",
                                         "S 250 ok",
                                         "S 250 ok",
                                         "S 250 ok",
                                         "S 250 ok",
                                         "S 250 one",
                                         "C RSET",
                                         "C XFORWARD NAME",
                                         "C XFORWARD PROTO",
                                         "C MAIL",
                                         "C RCPT TO:<b",
                                         "C RCPT",
                                         "B",
                                         "S 250 ok",
                                         "S 250 ok",
                                         "S 250 ok",
                                         "S 250 ok",
                                         "S 250 ok",
                                         "S 550 5.1.1 no",
                                         "S 250 two",
                                         "Z"});
    add(request({"a@x"}));
    add(request({"b@x", "c@x"}));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 one");
    EXPECT_EQ(outcome(1, 0), "sent 2.0.0 250 two");
    EXPECT_EQ(outcome(1, 1).substr(0, 13), "bounced 5.1.1");
    EXPECT_EQ(dialer.heard[0].wrong, "");
}

TEST_F(XforwardTest, ARefusalIsLoggedAndNoMore) {
    hello[3] = "S 250-X";
    hello[4] = "S 250-Y";
    serve("192.0.2.1:25", hello + Script{"C XFORWARD", "S 501 5.5.4 what", "C XFORWARD", "S 250 ok",
                                         "C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA",
                                         "S 354 go", "D", "S 250 taken", "Z"});
    deliver({"a@x"});
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken");
    read_log();
    EXPECT_NE(log.find("warning: host 192.0.2.1[192.0.2.1] said: 501 5.5.4 what (in reply to "
                       "XFORWARD command)"),
              std::string::npos)
        << log;
}

TEST_F(XforwardTest, HasItsTime) {
    options.xforward = 7s;
    hello[4] = "S 250-X";
    serve("192.0.2.1:25",
          hello + Script{"C XFORWARD", "C XFORWARD", "C MAIL", "C RCPT", "C DATA", "E"});
    deliver({"a@x"});
    pass(6s);
    EXPECT_TRUE(reports.empty());
    pass(1s);
    EXPECT_EQ(outcome(0),
              "deferred 4.4.2 conversation with 192.0.2.1[192.0.2.1] timed out while sending "
              "XFORWARD");
}

TEST_F(XforwardTest, IsSentOnlyWhereItIsWanted) {
    options.send_xforward = false;
    serve("192.0.2.1:25", hello + Script{"C MAIL", "E"});
    deliver({"a@x"});
    EXPECT_EQ(dialer.heard[0].wrong.find("expected MAIL"), std::string::npos);
}

}  // namespace
}  // namespace smtp_test
