// Servers that offer nothing.
#include <cstring>

#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

struct OldServerTest : World {};

TEST_F(OldServerTest, AnOldServerGetsNoParametersAndSevenBits) {
    const std::string start = "Content-Transfer-Encoding: ";
    queue.usual = start + "8bit\r\n\r\n.caf\xc3\xa9\r\n";
    ipc::DeliveryRequest made = request({"a@x"});
    made.encoding = mail::Encoding::eight_bit;
    made.dsn_envid = "QQ314";
    for (bool convert : {true, false}) {
        options.convert_mime = convert;
        serve("192.0.2.1:25", {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 250 ok", "C RCPT",
                               "S 250 ok", "C DATA", "S 354 go", "D", "S 250 ok", "Z"});
        made.id = ++last_id;
        add(made);
        run();
        const Heard& heard = dialer.heard.back();
        EXPECT_EQ(heard.commands[1], "MAIL FROM:<s@example.org>");
        EXPECT_EQ(heard.commands[2], "RCPT TO:<a@x>");
        std::string sent = convert ? start + "quoted-printable\r\n\r\n..caf=C3=A9\r\n"
                                   : start + "8bit\r\n\r\n..caf\xc3\xa9\r\n";
        EXPECT_EQ(heard.contents, std::vector<std::string>{sent});
        read_log();
        bool warned = log.find("warning: Q1: host 192.0.2.1[192.0.2.1] does not offer 8BITMIME") !=
                      std::string::npos;
        EXPECT_EQ(warned, !convert) << log;
        pass(10s);
    }
}

TEST_F(OldServerTest, HeloIsForThoseWhoDoNotKnowEhlo) {
    struct Row {
        const char *reply, *outcome;
        bool failover = true;
    };
    for (const Row& row :
         {Row{"S 502 what", "sent 2.0.0 250 ok"}, Row{"S 451 not now", "deferred"},
          Row{"S 421 busy", "deferred"}, Row{"S 502 what", "sent 2.0.0 250 ok", false},
          Row{"S 451 not now", "sent 2.0.0 250 ok", false}, Row{"S 421 busy", "deferred", false}}) {
        if (!row.failover)
            without_failover();
        Script script = {"S 220 mx", "C EHLO",   row.reply,  "C HELO",   "S 250 mx",
                         "C MAIL",   "S 250 ok", "C RCPT",   "S 250 ok", "C DATA",
                         "S 354 go", "D",        "S 250 ok", "Z"};
        if (row.outcome == std::string("deferred"))
            script.resize(3);
        serve("192.0.2.1:25", script);
        add(request({"a@x"}));
        run();
        EXPECT_EQ(outcome(reports.size() - 1).substr(0, std::strlen(row.outcome)), row.outcome)
            << row.reply;
        pass(10s);
    }
}

}  // namespace
}  // namespace smtp_test
