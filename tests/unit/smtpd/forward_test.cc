// XCLIENT and XFORWARD: who may speak for others, and what that changes.
#include "lib/base/text.h"
#include "tests/unit/smtpd/dialogue.h"

namespace {

using smtpd_test::Dialogue;

struct SmtpdForward : Dialogue {
    SmtpdForward() {
        main_cf +=
            "smtpd_authorized_xclient_hosts = 127.0.0.1\n"
            "smtpd_authorized_xforward_hosts = 127.0.0.1\n";
    }
    bool logs(std::string_view part) { return logged().find(part) != std::string::npos; }
};

const std::string offered =
    "250-mx.example.com\r\n250-PIPELINING\r\n250-SIZE 10000\r\n250-VRFY\r\n250-ETRN\r\n"
    "250-XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT\r\n"
    "250-XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT\r\n"
    "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n";

TEST_F(SmtpdForward, SpeaksForAnother) {
    talk_raw({{"", smtpd_test::greeting},
              {"EHLO filter.example\r\n", offered},
              {"XCLIENT NAME=mail.far.example ADDR=192.0.2.9 PORT=99 PROTO=ESMTP HELO=far\r\n",
               smtpd_test::greeting},
              {"MAIL FROM:<a@x>\r\n", smtpd_test::ok_mail},
              {"RCPT TO:<b@x>\r\n", "554 5.7.1 <b@x>: Relay access denied\r\n"},
              {"RSET\r\n", "250 2.0.0 Ok\r\n"},
              {"XCLIENT ADDR=127.0.0.1\r\n", "550 5.7.0 Error: insufficient authorization\r\n"},
              {"QUIT\r\n", smtpd_test::bye}});
    EXPECT_TRUE(
        logs("NOQUEUE: reject: RCPT from mail.far.example[192.0.2.9]: 554 5.7.1 <b@x>: "
             "Relay access denied; from=<a@x> to=<b@x> proto=ESMTP helo=<far>\n"));
    EXPECT_TRUE(
        logs("disconnect from mail.far.example[192.0.2.9] ehlo=1 xclient=0/2 mail=1 "
             "rcpt=0/1 rset=1 quit=1 commands=4/7\n"));
}

TEST_F(SmtpdForward, StoresWhomItSpeaksFor) {
    main_cf += "mynetworks = 127.0.0.0/8, [2001:db8::]/32\n";
    talk_raw({{"", smtpd_test::greeting},
              {"XCLIENT ADDR=IPV6:2001:db8::1 NAME=[UNAVAILABLE]\r\n", smtpd_test::greeting},
              {"HELO h\r\n", "250 mx.example.com\r\n"},
              {"MAIL FROM:<a@x>\r\n", smtpd_test::ok_mail},
              {"RCPT TO:<b@x>\r\n", smtpd_test::ok_rcpt},
              {"DATA\r\n", smtpd_test::go_ahead},
              {"x\r\n.\r\n", smtpd_test::queued}});
    auto mails = stored();
    ASSERT_EQ(mails.size(), 1u);
    EXPECT_EQ(mails[0].envelope.client_address, "2001:db8::1");
    EXPECT_EQ(mails[0].envelope.client_name, "unknown");
    EXPECT_EQ(mails[0].content.find("Message-Id"), std::string::npos);
}

TEST_F(SmtpdForward, NamesMayBeOutOfReach) {
    main_cf += "smtpd_client_restrictions = reject_unknown_client_hostname\n";
    main_cf += "unknown_client_reject_code = 550\n";
    for (auto [name, code] : {std::pair("[UNAVAILABLE]", "550 5"), {"[TEMPUNAVAIL]", "450 4"}})
        talk_raw({{"", smtpd_test::greeting},
                  {base::text("XCLIENT ADDR=127.0.0.2 NAME=", name, "\r\n"), smtpd_test::greeting},
                  {"MAIL FROM:<a@x>\r\n", smtpd_test::ok_mail},
                  {"RCPT TO:<b@x>\r\n",
                   base::text(code,
                              ".7.1 Client host rejected: cannot find your hostname, "
                              "[127.0.0.2]\r\n")}});
}

TEST_F(SmtpdForward, JudgesTheNewClientAtOnce) {
    main_cf +=
        "smtpd_delay_reject = no\n"
        "smtpd_client_restrictions = check_client_access inline:{{192.0.2.9=REJECT}}\n";
    talk_raw({{"", smtpd_test::greeting},
              {"XCLIENT ADDR=192.0.2.9\r\n",
               "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied\r\n"},
              {"HELO x\r\n", "503 5.7.0 Error: access denied for unknown[192.0.2.9]\r\n"}});
}

struct Fault {
    const char* command;
    const char* reply;
};

TEST_F(SmtpdForward, RefusesWhatItDoesNotUnderstand) {
    for (const Fault& fault : std::initializer_list<Fault>{
             {"XCLIENT", "501 5.5.4 Syntax: XCLIENT attribute=value..."},
             {"XFORWARD", "501 5.5.4 Syntax: XFORWARD attribute=value..."},
             {"XCLIENT FOO=x", "501 5.5.4 Bad XCLIENT attribute name: FOO"},
             {"XCLIENT IDENT=x", "501 5.5.4 Bad XCLIENT attribute name: IDENT"},
             {"XFORWARD REVERSE_NAME=x", "501 5.5.4 Bad XFORWARD attribute name: REVERSE_NAME"},
             {"XCLIENT ADDR=1.2.3", "501 5.5.4 Bad ADDR syntax: 1.2.3"},
             {"XCLIENT NAME=-x", "501 5.5.4 Bad NAME syntax: -x"},
             {"XCLIENT PORT=123456", "501 5.5.4 Bad PORT syntax: 123456"},
             {"XCLIENT PROTO=LMTP", "501 5.5.4 Bad PROTO syntax: LMTP"},
             {"XCLIENT ADDR", "501 5.5.4 Error: attribute=value expected"},
             {"XCLIENT ADDR=", "501 5.5.4 Error: attribute=value expected"},
             {"XCLIENT ADDR=+", "501 5.5.4 Bad ADDR syntax: +"},
             {"XCLIENT NAME=+ZZ", "501 5.5.4 Bad NAME syntax: +ZZ"},
             {"XCLIENT DESTADDR=foo", "501 5.5.4 Bad DESTADDR syntax: foo"},
             {"XCLIENT DESTPORT=foo", "501 5.5.4 Bad DESTPORT syntax: foo"},
             {"XCLIENT PROTO=[UNAVAILABLE]", "501 5.5.4 Bad PROTO syntax: [UNAVAILABLE]"},
             {"XFORWARD ADDR=[TEMPUNAVAIL]", "501 5.5.4 Bad ADDR syntax: [TEMPUNAVAIL]"},
             {"XFORWARD SOURCE=x", "501 5.5.4 Bad SOURCE syntax: x"},
             {"XFORWARD PORT=x", "501 5.5.4 Bad PORT syntax: x"}})
        talk_raw({{"", smtpd_test::greeting},
                  {base::text(fault.command, "\r\n"), base::text(fault.reply, "\r\n")}});
    talk_raw(
        {{"", smtpd_test::greeting},
         {"MAIL FROM:<>\r\n", smtpd_test::ok_mail},
         {"XCLIENT ADDR=192.0.2.1\r\n", "503 5.5.1 Error: MAIL transaction in progress\r\n"},
         {"XFORWARD ADDR=192.0.2.1\r\n", "503 5.5.1 Error: MAIL transaction in progress\r\n"}});
    client_address = "127.0.0.2";
    talk({{"XCLIENT ADDR=192.0.2.1\r\n", "550 5.7.0 Error: insufficient authorization\r\n"},
          {"XFORWARD ADDR=192.0.2.1\r\n", "550 5.7.0 Error: insufficient authorization\r\n"}});
}

TEST_F(SmtpdForward, SaysWhoLoggedIn) {
    main_cf +=
        "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n"
        "smtpd_recipient_restrictions =\n";
    const std::string told = "XCLIENT NAME=spike+2Eexample LOGIN=jo+40x PROTO=ESMTP HELO=a+20b ";
    talk_raw(
        {{"", smtpd_test::greeting},
         {told + "DESTADDR=192.0.2.25 DESTPORT=25\r\n", smtpd_test::greeting},
         {"MAIL FROM:<a@x> AUTH=<>\r\n", smtpd_test::ok_mail},
         {"RCPT TO:<b@x>\r\n", smtpd_test::ok_rcpt},
         {"DATA\r\n", smtpd_test::go_ahead},
         {".\r\n", smtpd_test::queued},
         {"XCLIENT LOGIN=[UNAVAILABLE]\r\n", smtpd_test::greeting},
         {"MAIL FROM:<a@x>\r\n", smtpd_test::ok_mail},
         {"RCPT TO:<b@x>\r\n", "554 5.7.1 <b@x>: Recipient address rejected: Access denied\r\n"}});
    EXPECT_TRUE(
        logs(": client=spike.example[127.0.0.1], sasl_method=XCLIENT, sasl_username=jo@x\n"));
    auto mails = stored();
    ASSERT_EQ(mails.size(), 1u);
    EXPECT_EQ(mails[0].envelope.protocol, "ESMTPA");
    EXPECT_EQ(mails[0].envelope.helo_name, "a?b");
}

TEST_F(SmtpdForward, MayTellInSeveralCommands) {
    talk_raw({{"", smtpd_test::greeting},
              {"XFORWARD NAME=far.example ADDR=192.0.2.9 PROTO=odd HELO=h\r\n", "250 2.0.0 Ok\r\n"},
              {"XFORWARD NAME=[UNAVAILABLE] IDENT=q1\r\n", "250 2.0.0 Ok\r\n"},
              {"MAIL FROM:<a@x>\r\n", smtpd_test::ok_mail},
              {"RCPT TO:<b@x>\r\n", smtpd_test::ok_rcpt}});
    EXPECT_TRUE(logs(", orig_queue_id=q1, orig_client=unknown[192.0.2.9]\n"));
}

TEST_F(SmtpdForward, TellsOfTheClientBefore) {
    const smtpd_test::Steps mail = {{"MAIL FROM:<a@x>\r\n", smtpd_test::ok_mail},
                                    {"RCPT TO:<b@x>\r\n", smtpd_test::ok_rcpt},
                                    {"RSET\r\n", "250 2.0.0 Ok\r\n"}};
    smtpd_test::Steps steps = {{"", smtpd_test::greeting},
                               {"XFORWARD NAME=far.example ADDR=192.0.2.9 SOURCE=REMOTE "
                                "IDENT=4aBC\r\n",
                                "250 2.0.0 Ok\r\n"}};
    steps.insert(steps.end(), mail.begin(), mail.end());
    steps.insert(steps.end(), mail.begin(), mail.end());
    talk_raw(steps);
    EXPECT_TRUE(
        logs(": client=unknown[127.0.0.1], orig_queue_id=4aBC, "
             "orig_client=far.example[192.0.2.9]\n"));
    EXPECT_TRUE(logs(": client=unknown[127.0.0.1]\n"));
}

}  // namespace
