// What a host would do with a message, asked without sending one; and who tells of deliveries.
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

struct ProbeTest : World {
    void probe(const std::vector<std::string>& recipients) {
        ipc::DeliveryRequest asked = request(recipients, here);
        asked.probe = true;
        add(std::move(asked));
        run();
    }
};

TEST_F(ProbeTest, EndsBehindTheRecipients) {
    serve("192.0.2.1:25",
          {"S 220 mx", "C EHLO client.example", "S 250-mx", "S 250-PIPELINING", "S 250 CHUNKING",
           "C MAIL", "C RCPT TO:<a@x.example>", "C RCPT TO:<b@x.example>", "S 250 ok",
           "S 250 2.1.5 ok", "S 550 5.1.1 who", "Z"});
    probe({"a@x.example", "b@x.example"});
    EXPECT_EQ(outcome(0, 0), "sent 2.1.5 250 2.1.5 ok");
    EXPECT_EQ(outcome(0, 1).substr(0, 13), "bounced 5.1.1");
    EXPECT_TRUE(dialer.heard[0].contents.empty());
    read_log();
    EXPECT_NE(log.find("dsn=2.1.5, status=deliverable (250 2.1.5 ok)"), log.npos) << log;
    EXPECT_NE(log.find("dsn=5.1.1, status=undeliverable ("), log.npos) << log;
}

TEST_F(ProbeTest, TriesTheNextHostWhereOneIsBusy) {
    serve("192.0.2.1:25", {"S 421 4.3.2 busy", "Z"});
    probe({"a@x.example"});
    EXPECT_EQ(outcome(0).substr(0, 14), "deferred 4.3.2");
}

TEST_F(ProbeTest, TellsWhomTheNextHostWillTell) {
    serve("192.0.2.1:25", {"S 220 mx", "C EHLO client.example", "S 250-mx", "S 250 DSN", "C MAIL",
                           "S 250 ok", "C RCPT", "S 250 ok", "C RCPT TO:<b@x.example>", "S 250 ok",
                           "C DATA", "S 354 go", "D", "S 250 taken", "Z"});
    ipc::DeliveryRequest asked = request({"a@x.example", "b@x.example"}, here);
    asked.recipients[0].notify = mail::notify_success;
    add(std::move(asked));
    run();
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].told_by_next_host,
              std::vector<uint32_t>{reports[0].outcomes[0].recipient});
}

}  // namespace
}  // namespace smtp_test
