#include "smtpd/soft_bounce.h"

#include "tests/unit/smtpd/dialogue.h"

namespace {

using smtpd_test::Dialogue;

TEST(Softened, IsARefusalForNow) {
    smtpd::Options options;
    mail::Reply two = mail::Reply::make(550, "5.1.1 no such user");
    two.lines.emplace_back("5.1.1 or 5.1.2");
    two.lines.emplace_back("no status");
    EXPECT_EQ(softened(two, options).wire(), two.wire());
    options.soft_bounce = true;
    EXPECT_EQ(softened(two, options).wire(),
              "450-4.1.1 no such user\r\n450-4.1.1 or 5.1.2\r\n450 no status\r\n");
    EXPECT_EQ(softened(two, options).dsn, (mail::Dsn{4, 1, 1}));
    EXPECT_EQ(softened(mail::Reply::make(250, "5.1.1 x"), options).wire(), "250 5.1.1 x\r\n");
    EXPECT_EQ(softened(mail::Reply::make(421, "4.1.1 x"), options).wire(), "421 4.1.1 x\r\n");
}

struct SoftBounce : Dialogue {};

TEST_F(SoftBounce, IsWhatClientsHear) {
    client_address = "192.0.2.9";
    options.soft_bounce = true;
    talk_raw({{"", smtpd_test::greeting},
              {"HELO x\r\n", "250 mx.example.com\r\n"},
              {"FOO\r\n", "400 4.5.2 Error: command not recognized\r\n"},
              {"MAIL FROM:<>\r\n", smtpd_test::ok_mail},
              {"RCPT TO:<a@x>\r\n", "454 4.7.1 <a@x>: Relay access denied\r\n"}});
}

}  // namespace
