// STARTTLS as far as it goes without a handshake: who is offered it, what it is answered, what is
// refused without it.
#include "smtpd/starttls.h"

#include "tests/unit/smtpd/dialogue.h"

namespace {

using smtpd_test::bye;
using smtpd_test::greeting;
using smtpd_test::ok_mail;

const std::string must = "530 5.7.0 Must issue a STARTTLS command first\r\n";
const std::string offering =
    "250-mx.example.com\r\n250-PIPELINING\r\n250-SIZE 10000\r\n250-VRFY\r\n250-ETRN\r\n"
    "250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n";

class StartTls : public smtpd_test::Dialogue {
  protected:
    StartTls() { options.tls.offered = true; }
};

TEST_F(StartTls, IsOfferedAndRefused) {
    talk_raw({{"", greeting},
              {"EHLO client.example\r\n", offering},
              {"STARTTLS now\r\n", "501 5.5.4 Syntax: STARTTLS\r\n"},
              // Without certificates: nothing was read at start.
              {"STARTTLS\r\n", "454 4.7.0 TLS not available due to local problem\r\n"},
              {"MAIL FROM:<a@example.com>\r\n", ok_mail},
              {"QUIT\r\n", bye}});
    EXPECT_THAT(logged(), testing::HasSubstr(" ehlo=1 starttls=0/2 mail=1 quit=1 commands=3/5\n"));
}

TEST_F(StartTls, IsUnknownWhereItIsOff) {
    options.tls.offered = false;
    talk({{"STARTTLS\r\n", "502 5.5.1 Error: command not implemented\r\n"}});
    options.tls.offered = true;
    options.discarded_ehlo_keywords = {"starttls"};
    talk({{"STARTTLS\r\n", "502 5.5.1 Error: command not implemented\r\n"}});
}

TEST_F(StartTls, IsDemanded) {
    options.tls.demanded = true;
    talk_raw({{"", greeting},
              {"MAIL FROM:<>\r\n", must},
              {"RCPT TO:<a@example.com>\r\n", must},
              {"DATA\r\n", must},
              {"BDAT 3\r\n", must},
              {"RSET\r\n", must},
              {"VRFY a\r\n", must},
              {"ETRN a.example\r\n", must},
              {"AUTH PLAIN\r\n", must},
              {"XFORWARD NAME=a\r\n", must},
              {"NOOP\r\n", "250 2.0.0 Ok\r\n"},
              {"FOO\r\n", "500 5.5.2 Error: command not recognized\r\n"},
              {"HELO client.example\r\n", "250 mx.example.com\r\n"},
              {"EHLO client.example\r\n", offering},
              {"QUIT\r\n", bye}});
}

// Whether pipelining is forbidden or not: what comes behind STARTTLS in plain text may be
// anybody's.
TEST_F(StartTls, ObeysNothingThatCameBehindIt) {
    for (bool forbidden : {true, false}) {
        options.forbid_unauth_pipelining = forbidden;
        talk_raw({{"", greeting},
                  {"EHLO client.example\r\n", offering},
                  {"STARTTLS\r\nMAIL FROM:<mallory@example.com>\r\n",
                   "554 5.5.0 Error: SMTP protocol synchronization\r\n"}});
    }
    EXPECT_TRUE(stored().empty());
}

}  // namespace
