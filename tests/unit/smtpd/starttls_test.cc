// STARTTLS: who is offered it, what is refused without it, what is left of a session behind it.
#include "smtpd/starttls.h"

#include <gmock/gmock.h>

#include "tests/unit/smtpd/under_tls.h"

namespace {

using smtpd_test::bye;
using smtpd_test::capabilities;
using smtpd_test::greeting;
using smtpd_test::offering;
using smtpd_test::ok_mail;
using smtpd_test::ready;
using smtpd_test::secret_capabilities;
using smtpd_test::StartTls;
using smtpd_test::Steps;
using smtpd_test::UnderTls;

const std::string must = "530 5.7.0 Must issue a STARTTLS command first\r\n";

TEST_F(StartTls, IsRefused) {
    talk_raw({{"", greeting},
              {"EHLO client.example\r\n", capabilities},
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
              {"EHLO client.example\r\n", capabilities},
              {"QUIT\r\n", bye}});
}

// Whether pipelining is forbidden or not: what comes behind STARTTLS in plain text may be
// anybody's.
TEST_F(StartTls, ObeysNothingThatCameBehindIt) {
    for (bool forbidden : {true, false}) {
        options.forbid_unauth_pipelining = forbidden;
        talk_raw({{"", greeting},
                  {"EHLO client.example\r\n", capabilities},
                  {"STARTTLS\r\nMAIL FROM:<mallory@example.com>\r\n",
                   "554 5.5.0 Error: SMTP protocol synchronization\r\n"}});
    }
    EXPECT_TRUE(stored().empty());
}

const Steps a_mail = {{"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n",
                       ok_mail + smtpd_test::ok_rcpt + smtpd_test::go_ahead},
                      {"Subject: x\r\n\r\nhello\r\n.\r\n", smtpd_test::queued},
                      {"QUIT\r\n", bye}};

Steps with_mail(Steps steps) {
    steps.insert(steps.end(), a_mail.begin(), a_mail.end());
    return steps;
}

TEST_F(UnderTls, ForgetsWhatCameInPlainText) {
    start();
    options.helo_required = true;
    options.tls.shown_in_received = true;
    talk_raw(
        with_mail({{"", greeting},
                   {"EHLO plain.example\r\n", offering},
                   {"MAIL FROM:<plain@example.com>\r\n", ok_mail},
                   {"STARTTLS\r\n", ready},
                   {"MAIL FROM:<a@example.com>\r\n", "503 5.5.1 Error: send HELO/EHLO first\r\n"},
                   {"STARTTLS\r\n", "554 5.5.1 Error: TLS already active\r\n"},
                   {"EHLO secret.example\r\n", secret_capabilities}}));
    auto mails = stored();
    ASSERT_EQ(mails.size(), 1u);
    EXPECT_EQ(mails[0].envelope.protocol, "ESMTPS");
    EXPECT_EQ(mails[0].envelope.helo_name, "secret.example");
    EXPECT_THAT(
        mails[0].content,
        testing::AllOf(testing::HasSubstr("\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_"
                                          "SHA384 (256/256 bits)\r\n\t key-exchange "),
                       testing::HasSubstr(")\r\n\t(No client certificate requested)\r\n\t"
                                          "by mx.example.com (")));
    EXPECT_THAT(logged(),
                testing::HasSubstr(" ehlo=2 starttls=1/2 mail=2/3 rcpt=1 data=1 quit=1 "));
}

TEST_F(UnderTls, SaysNothingOfItWhereItIsNotAsked) {
    start();
    talk_raw(with_mail({{"", greeting},
                        {"STARTTLS\r\n", ready},
                        {"EHLO secret.example\r\n", secret_capabilities}}));
    auto mails = stored();
    ASSERT_EQ(mails.size(), 1u);
    EXPECT_EQ(mails[0].envelope.protocol, "ESMTPS");
    EXPECT_THAT(mails[0].content, testing::Not(testing::HasSubstr("(using TLS")));
}

TEST_F(UnderTls, MayBeginWithTheFirstByte) {
    start();
    options.tls = smtpd::TlsOptions();
    options.tls.from_start = options.tls.demanded = true;
    talk_raw(with_mail({{"", greeting},
                        {"EHLO client.example\r\n", secret_capabilities},
                        {"STARTTLS\r\n", "554 5.5.1 Error: TLS already active\r\n"}}));
    EXPECT_EQ(stored().size(), 1u);
}

TEST_F(UnderTls, EndsWithoutTheCertificateThatIsDemanded) {
    start("smtpd_tls_req_ccert = yes\nsmtpd_tls_CAfile = " + scratch.folder + "/ca.pem\n");
    options.tls.demanded = options.tls.asks_certificate = options.tls.client_trusted = true;
    talk_raw({{"", greeting},
              {"STARTTLS\r\n", ready},
              {"", "421 4.7.1 mx.example.com Error: No client certificate presented\r\n"}});
    EXPECT_THAT(logged(),
                testing::HasSubstr("NOQUEUE: abort: TLS from unknown[127.0.0.1]: No client "
                                   "certificate presented\n"));
}

struct Shown {
    const char* chain;  // of the client
    const char* restriction;
    const char* answer;
};

TEST_F(UnderTls, CertificatesOpenDoors) {
    const std::string trusted = std::string(trial::client_key) + trial::client;
    const std::string stranger = std::string(trial::selfsigned_key) + trial::selfsigned;
    const std::string denied = "554 5.7.1 <b@far.example>: Relay access denied\r\n";
    const Shown cases[] = {
        {"", "permit_tls_all_clientcerts", denied.c_str()},
        {stranger.c_str(), "permit_tls_all_clientcerts", denied.c_str()},
        {trusted.c_str(), "permit_tls_all_clientcerts", smtpd_test::ok_rcpt.c_str()},
        {trusted.c_str(), "permit_tls_clientcerts", denied.c_str()},
        {trusted.c_str(), "check_ccert_access static:OK", smtpd_test::ok_rcpt.c_str()},
        {stranger.c_str(), "check_ccert_access {static:OK, {search_order = pubkey_fingerprint}}",
         smtpd_test::ok_rcpt.c_str()},
        {"", "check_ccert_access static:OK", denied.c_str()},
    };
    const std::string before = main_cf;
    options.tls.asks_certificate = true;
    for (const Shown& test : cases) {
        SCOPED_TRACE(test.restriction);
        std::string lines;
        if (*test.chain != '\0')
            lines = "smtp_tls_chain_files = " + scratch.file("client.pem", test.chain) + "\n";
        start("smtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = " + scratch.folder + "/ca.pem\n",
              lines);
        main_cf = before + "mynetworks =\nsmtpd_recipient_restrictions = " + test.restriction +
                  ", reject_unauth_destination\n";
        talk_raw({{"", greeting},
                  {"STARTTLS\r\n", ready},
                  {"EHLO client.example\r\n", secret_capabilities},
                  {"MAIL FROM:<a@example.com>\r\n", ok_mail},
                  {"RCPT TO:<b@far.example>\r\n", test.answer},
                  {"QUIT\r\n", bye}});
    }
}

TEST_F(UnderTls, MayBeDemandedOfTheWholeWay) {
    start();
    const std::string bad = "501 5.5.4 Bad REQUIRETLS parameter syntax\r\n";
    talk_raw({{"", greeting},
              {"STARTTLS\r\n", ready},
              {"EHLO client.example\r\n", secret_capabilities},
              {"MAIL FROM:<a@example.com> REQUIRETLS=\r\n", bad},
              {"MAIL FROM:<a@example.com> requiretls=yes\r\n", bad},
              {"MAIL FROM:<a@example.com> SIZE\r\n", "555 5.5.4 Unsupported option: SIZE\r\n"},
              {"MAIL FROM:<a@example.com> BODY=8BITMIME RequireTLS SIZE=10\r\n", ok_mail},
              {"RCPT TO:<b@example.com>\r\n", smtpd_test::ok_rcpt},
              {"DATA\r\n", smtpd_test::go_ahead},
              {"Subject: x\r\nTLS-Required: no\r\n\r\nhello\r\n.\r\n", smtpd_test::queued},
              {"MAIL FROM:<a@example.com> REQUIRETLS\r\n", ok_mail},
              {"RSET\r\n", "250 2.0.0 Ok\r\n"},
              {"MAIL FROM:<plain@example.com>\r\n", ok_mail},
              {"RCPT TO:<b@example.com>\r\n", smtpd_test::ok_rcpt},
              {"BDAT 24 LAST\r\nTLS-Required: No\r\n\r\nhi\r\n",
               "250 2.0.0 Ok: 24 bytes queued as *\r\n"},
              {"QUIT\r\n", bye}});
    auto mails = stored();
    ASSERT_EQ(mails.size(), 2u);
    EXPECT_EQ(mails[0].envelope.tls_wish, mail::TlsWish::required);
    EXPECT_THAT(mails[0].content,
                testing::HasSubstr("\r\nTLS-Required: no\r\nRequire-TLS-ESMTP: yes\r\n"));
    EXPECT_EQ(mails[1].envelope.tls_wish, mail::TlsWish::optional);
    EXPECT_THAT(mails[1].content, testing::Not(testing::HasSubstr("ESMTP: yes")));
}

TEST_F(UnderTls, DemandsNothingWhereThatIsOff) {
    start();
    const std::string unknown = "555 5.5.4 Unsupported option: REQUIRETLS\r\n";
    options.takes_requiretls = false;
    talk_raw({{"", greeting},
              {"EHLO client.example\r\n", offering},
              {"MAIL FROM:<a@example.com> REQUIRETLS\r\n", unknown},
              {"STARTTLS\r\n", ready},
              {"EHLO client.example\r\n", capabilities},
              {"MAIL FROM:<a@example.com> REQUIRETLS\r\n", unknown},
              {"QUIT\r\n", bye}});
    options.takes_requiretls = true;
    options.discarded_ehlo_keywords = {"requiretls"};
    talk_raw({{"", greeting},
              {"EHLO client.example\r\n", offering},
              {"MAIL FROM:<a@example.com> REQUIRETLS\r\n", unknown},
              {"STARTTLS\r\n", ready},
              {"EHLO client.example\r\n", capabilities},
              {"MAIL FROM:<a@example.com> REQUIRETLS=x\r\n",
               "555 5.5.4 Unsupported option: REQUIRETLS=x\r\n"},
              {"QUIT\r\n", bye}});
}

TEST_F(UnderTls, IsNotDemandedInPlainText) {
    start();
    talk_raw({{"", greeting},
              {"EHLO client.example\r\n", offering},
              {"MAIL FROM:<a@example.com> REQUIRETLS\r\n", must},
              {"MAIL FROM:<a@example.com> REQUIRETLS=\r\n",
               "501 5.5.4 Bad REQUIRETLS parameter syntax\r\n"},
              {"QUIT\r\n", bye}});
    options.tls.offered = false;
    talk({{"MAIL FROM:<a@example.com> REQUIRETLS\r\n",
           "555 5.5.4 Unsupported option: REQUIRETLS\r\n"}});
}

}  // namespace
