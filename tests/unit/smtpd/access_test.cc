// What restrictions say to clients, and what is logged of it.
#include "lib/base/text.h"
#include "tests/unit/smtpd/dialogue.h"

namespace {

using smtpd_test::Dialogue;
using smtpd_test::Steps;

struct SmtpdAccess : Dialogue {
    SmtpdAccess() { client_address = "192.0.2.9"; }

    void set(std::string_view name, std::string_view value) {
        base::append(main_cf, name, " = ", value, "\n");
    }
    // Whether a logged line holds `part`.
    bool logs(std::string_view part) { return logged().find(part) != std::string::npos; }
};

const std::string from = "MAIL FROM:<s@x.example>\r\n";

TEST_F(SmtpdAccess, KeepsStrangersFromRelaying) {
    domains = {{"mine.example", route::Class::local},
               {"relayed.example", route::Class::relay},
               {"alias.example", route::Class::virtual_alias},
               {"box.example", route::Class::virtual_mailbox}};
    unroutable = {"who@knows.example"};
    set("smtpd_reject_unlisted_recipient", "no");
    talk({{from, smtpd_test::ok_mail},
          {"RCPT TO:<r@far.example>\r\n", "554 5.7.1 <r@far.example>: Relay access denied\r\n"},
          {"RCPT TO:<r@mine.example>\r\n", smtpd_test::ok_rcpt},
          {"RCPT TO:<r@relayed.example>\r\n", smtpd_test::ok_rcpt},
          {"RCPT TO:<r@alias.example>\r\n", smtpd_test::ok_rcpt},
          {"RCPT TO:<r@box.example>\r\n", smtpd_test::ok_rcpt},
          {"RCPT TO:<r%far.example@relayed.example>\r\n",
           "554 5.7.1 <r%far.example@relayed.example>: Relay access denied\r\n"},
          {"RCPT TO:<\"r@far.example\"@relayed.example>\r\n",
           "554 5.7.1 <r@far.example@relayed.example>: Relay access denied\r\n"},
          {"RCPT TO:<who@knows.example>\r\n",
           "451 4.3.0 <who@knows.example>: Temporary lookup failure\r\n"},
          {"RCPT TO:<a@192.0.2.1>\r\n", "501 5.1.3 Bad recipient address syntax\r\n"},
          {"RCPT TO:<postmaster>\r\n", smtpd_test::ok_rcpt}});
    EXPECT_TRUE(
        logs("NOQUEUE: reject: RCPT from unknown[192.0.2.9]: 554 5.7.1 <r@far.example>: "
             "Relay access denied; from=<s@x.example> to=<r@far.example> proto=ESMTP "
             "helo=<client.example>\n"));
}

TEST_F(SmtpdAccess, RelaysForItsNetworks) {
    client_address = "127.0.0.1";
    talk({{from, smtpd_test::ok_mail}, {"RCPT TO:<r@far.example>\r\n", smtpd_test::ok_rcpt}});
}

// One restriction, and the reply to a stranger's RCPT.
struct Case {
    const char* parameter;
    const char* value;
    const char* reply;
};

struct SmtpdRestriction : SmtpdAccess, testing::WithParamInterface<Case> {};

TEST_P(SmtpdRestriction, Answers) {
    domains = {{"mine.example", route::Class::local}};
    set(GetParam().parameter, GetParam().value);
    talk_raw({{"", smtpd_test::greeting},
              {"HELO odd_name\r\n", "250 mx.example.com\r\n"},
              {"MAIL FROM:<s@x>\r\n", smtpd_test::ok_mail},
              {"RCPT TO:<r@mine.example>\r\n", base::text(GetParam().reply, "\r\n")}});
}

const char* const ok = "250 2.1.5 Ok";

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdRestriction,
    testing::Values(
        Case{"smtpd_client_restrictions", "", ok}, Case{"smtpd_client_restrictions", "permit", ok},
        Case{"smtpd_client_restrictions", "permit, reject", ok},
        Case{"smtpd_client_restrictions", "reject",
             "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied"},
        Case{"smtpd_client_restrictions", "permit_mynetworks, reject",
             "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied"},
        Case{"smtpd_client_restrictions", "permit_sasl_authenticated, permit_tls_clientcerts", ok},
        Case{"smtpd_client_restrictions", "defer",
             "450 4.3.2 <unknown[192.0.2.9]>: Client host rejected: Try again later"},
        Case{"smtpd_client_restrictions", "defer_if_permit",
             "450 4.7.0 <unknown[192.0.2.9]>: Client host rejected: defer_if_permit requested"},
        Case{"smtpd_client_restrictions", "defer_if_permit, reject",
             "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied"},
        Case{"smtpd_client_restrictions", "defer_if_reject", ok},
        Case{"smtpd_client_restrictions", "defer_if_reject, reject",
             "450 4.7.0 <unknown[192.0.2.9]>: Client host rejected: defer_if_reject requested"},
        Case{"smtpd_client_restrictions", "warn_if_reject reject", ok},
        Case{"smtpd_client_restrictions", "warn_if_reject, reject, reject",
             "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied"},
        Case{"smtpd_client_restrictions", "reject_plaintext_session",
             "450 4.7.1 Session encryption is required"},
        Case{"smtpd_client_restrictions", "no_such_thing", "451 4.3.5 Server configuration error"},
        Case{"smtpd_client_restrictions", "warn_if_reject no_such_thing",
             "451 4.3.5 Server configuration error"},
        Case{"smtpd_helo_restrictions", "reject",
             "554 5.7.1 <odd_name>: Helo command rejected: Access denied"},
        Case{"smtpd_helo_restrictions", "reject_invalid_helo_hostname", ok},
        Case{"smtpd_recipient_restrictions", "reject_non_fqdn_helo_hostname, reject",
             "504 5.5.2 <odd_name>: Helo command rejected: need fully-qualified hostname"},
        Case{"smtpd_sender_restrictions", "reject",
             "554 5.7.1 <s@x>: Sender address rejected: Access denied"},
        Case{"smtpd_sender_restrictions", "reject_non_fqdn_sender",
             "504 5.5.2 <s@x>: Sender address rejected: need fully-qualified address"},
        Case{"smtpd_recipient_restrictions", "reject_non_fqdn_recipient, reject",
             "554 5.7.1 <r@mine.example>: Recipient address rejected: Access denied"},
        Case{"smtpd_recipient_restrictions", "permit_auth_destination, reject", ok},
        Case{"smtpd_relay_restrictions", "defer_unauth_destination", ok},
        Case{"smtpd_recipient_restrictions", "permit_mynetworks, defer",
             "450 4.3.2 <r@mine.example>: Recipient address rejected: Try again later"},
        Case{"smtpd_relay_restrictions", "permit",  // both lists must agree
             "250 2.1.5 Ok"},
        Case{"reject_code", "550\nsmtpd_client_restrictions = reject",
             "550 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied"},
        Case{"reject_code", "450\nsmtpd_client_restrictions = reject",
             "450 4.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied"},
        Case{"non_fqdn_reject_code", "550\nsmtpd_sender_restrictions = reject_non_fqdn_sender",
             "550 5.5.2 <s@x>: Sender address rejected: need fully-qualified address"},
        Case{"smtpd_restriction_classes",
             "strict\nstrict = permit_mynetworks, reject\nsmtpd_sender_restrictions = strict",
             "554 5.7.1 <s@x>: Sender address rejected: Access denied"},
        Case{"smtpd_restriction_classes",
             "strict\nstrict = reject\nsmtpd_sender_restrictions = warn_if_reject strict", ok}));

TEST_F(SmtpdAccess, AsksRelayRestrictionsFirst) {
    set("smtpd_relay_restrictions", "permit_mynetworks, defer_unauth_destination");
    set("smtpd_recipient_restrictions", "reject");
    talk({{from, smtpd_test::ok_mail},
          {"RCPT TO:<r@far.example>\r\n", "454 4.7.1 <r@far.example>: Relay access denied\r\n"}});
    set("smtpd_relay_before_recipient_restrictions", "no");
    talk({{from, smtpd_test::ok_mail},
          {"RCPT TO:<r@far.example>\r\n",
           "554 5.7.1 <r@far.example>: Recipient address rejected: Access denied\r\n"}});
}

TEST_F(SmtpdAccess, OnlyWarns) {
    set("smtpd_recipient_restrictions", "warn_if_reject reject, reject_unauth_destination");
    domains = {{"mine.example", route::Class::local}};
    talk({{from, smtpd_test::ok_mail}, {"RCPT TO:<r@mine.example>\r\n", smtpd_test::ok_rcpt}});
    EXPECT_TRUE(
        logs("NOQUEUE: reject_warning: RCPT from unknown[192.0.2.9]: 554 5.7.1 "
             "<r@mine.example>: Recipient address rejected: Access denied; "
             "from=<s@x.example> to=<r@mine.example> proto=ESMTP helo=<client.example>\n"));
}

TEST_F(SmtpdAccess, RefusesAtOnceWhereToldTo) {
    set("smtpd_delay_reject", "no");
    set("smtpd_helo_restrictions", "reject_non_fqdn_helo_hostname");
    set("smtpd_sender_restrictions", "reject_non_fqdn_sender");
    talk_raw({{"", smtpd_test::greeting},
              {"HELO bad\r\n",
               "504 5.5.2 <bad>: Helo command rejected: need fully-qualified hostname\r\n"},
              {"HELO good.example\r\n", "250 mx.example.com\r\n"},
              {"MAIL FROM:<s@x>\r\n",
               "504 5.5.2 <s@x>: Sender address rejected: need fully-qualified address\r\n"},
              {"MAIL FROM:<>\r\n", smtpd_test::ok_mail}});
    EXPECT_TRUE(
        logs("NOQUEUE: reject: HELO from unknown[192.0.2.9]: 504 5.5.2 <bad>: Helo command "
             "rejected: need fully-qualified hostname; proto=SMTP helo=<bad>\n"));
    EXPECT_TRUE(
        logs("NOQUEUE: reject: MAIL from unknown[192.0.2.9]: 504 5.5.2 <s@x>: Sender "
             "address rejected: need fully-qualified address; from=<s@x> proto=SMTP "
             "helo=<good.example>\n"));
}

TEST_F(SmtpdAccess, TurnsAwayClientsAtOnceWhereToldTo) {
    set("smtpd_delay_reject", "no");
    set("smtpd_client_restrictions", "permit_mynetworks, reject");
    const std::string denied = "503 5.7.0 Error: access denied for unknown[192.0.2.9]\r\n";
    talk_raw({{"", "554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied\r\n"},
              {"EHLO x\r\n", denied},
              {"MAIL FROM:<s@x>\r\n", denied},
              {"QUIT\r\n", smtpd_test::bye}});
    EXPECT_TRUE(
        logs("NOQUEUE: reject: CONNECT from unknown[192.0.2.9]: 554 5.7.1 "
             "<unknown[192.0.2.9]>: Client host rejected: Access denied; proto=SMTP\n"));
}

TEST_F(SmtpdAccess, LogsWhatItPermits) {
    client_address = "127.0.0.1";
    set("smtpd_log_access_permit_actions", "permit_mynetworks, OK, permit_auth_destination");
    set("smtpd_client_restrictions", "permit");
    set("smtpd_sender_restrictions", "check_sender_access inline:{{s@x.example=OK}}");
    set("smtpd_relay_restrictions", "permit_auth_destination, permit_mynetworks");
    domains = {{"mine.example", route::Class::local}};
    talk({{from, smtpd_test::ok_mail},
          {"RCPT TO:<r@mine.example>\r\n", smtpd_test::ok_rcpt},
          {"RCPT TO:<r@far.example>\r\n", smtpd_test::ok_rcpt}});
    const std::string there = " from=<s@x.example> to=<r@mine.example> proto=ESMTP helo=";
    EXPECT_TRUE(
        logs("permit: RCPT from unknown[127.0.0.1]: action=OK for Sender address="
             "s@x.example from inline:{{s@x.example=OK}};" +
             there));
    EXPECT_TRUE(
        logs("action=permit_auth_destination for Recipient address=r@mine.example ;" + there));
    EXPECT_TRUE(logs("action=permit_mynetworks for Client host=unknown[127.0.0.1] ; from="));
    EXPECT_FALSE(logs("action=permit for"));
}

TEST_F(SmtpdAccess, MayLeaveRecipientsUnchecked) {
    domains = {{"mine.example", route::Class::local}};
    set("local_recipient_maps", "inline:{known=x}");
    set("smtpd_recipient_restrictions", "reject_unlisted_recipient, reject_unauth_destination");
    talk({{from, smtpd_test::ok_mail},
          {"RCPT TO:<r@mine.example>\r\n",
           "550 5.1.1 <r@mine.example>: Recipient address rejected: User unknown in local "
           "recipient table\r\n"}});
    set("receive_override_options", "no_unknown_recipient_checks, no_milters");
    talk({{from, smtpd_test::ok_mail}, {"RCPT TO:<r@mine.example>\r\n", smtpd_test::ok_rcpt}});
    set("receive_override_options", "no_such");
    EXPECT_THROW(talk({}), config::Error);
}

TEST_F(SmtpdAccess, ATableThatIsMissingIsToldWhenItIsAsked) {
    domains = {{"mine.example", route::Class::local}};
    size_t line = main_cf.find("local_recipient_maps =\n");
    main_cf.replace(line, 23, "alias_maps = texthash:/nonexistent/aliases\n");
    talk({{from, smtpd_test::ok_mail}});
    EXPECT_FALSE(logs("/nonexistent/aliases"));
    const std::string later = "451 4.3.0 <r@mine.example>: Temporary lookup failure\r\n";
    talk({{from, smtpd_test::ok_mail},
          {"RCPT TO:<r@mine.example>\r\nRCPT TO:<r@mine.example>\r\n", later + later}});
    std::string log = logged();
    size_t told = log.find("warning: local_recipient_maps: open database /nonexistent/aliases");
    EXPECT_NE(told, std::string::npos) << log;
    EXPECT_EQ(told, log.rfind("warning: local_recipient_maps"));
}

TEST_F(SmtpdAccess, JudgesContent) {
    client_address = "127.0.0.1";
    set("smtpd_data_restrictions", "reject_multi_recipient_bounce");
    talk({{"MAIL FROM:<>\r\n", smtpd_test::ok_mail},
          {"RCPT TO:<a@x>\r\n", smtpd_test::ok_rcpt},
          {"RCPT TO:<b@x>\r\n", smtpd_test::ok_rcpt},
          {"DATA\r\n", "550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce\r\n"},
          {"BDAT 3 LAST\r\nx\r\n",
           "550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce\r\n"}});
    set("smtpd_end_of_data_restrictions", "reject");
    talk({{from, smtpd_test::ok_mail},
          {"RCPT TO:<a@x>\r\n", smtpd_test::ok_rcpt},
          {"DATA\r\n", smtpd_test::go_ahead},
          {"x\r\n.\r\n", "554 5.7.1 <END-OF-MESSAGE>: End-of-data rejected: Access denied\r\n"},
          {"RSET\r\n", "250 2.0.0 Ok\r\n"}});
    EXPECT_TRUE(
        logs(": reject: END-OF-MESSAGE from unknown[127.0.0.1]: 554 5.7.1 "
             "<END-OF-MESSAGE>: End-of-data rejected: Access denied; from=<s@x.example> "
             "to=<a@x> proto=ESMTP helo=<client.example>\n"));
    EXPECT_TRUE(stored().empty());
}

TEST_F(SmtpdAccess, EtrnIsJudged) {
    const std::string no = "459 <site.example>: service unavailable\r\n";
    talk({{"ETRN\r\n", "500 Syntax: ETRN domain\r\n"},
          {"ETRN a b\r\n", "500 Syntax: ETRN domain\r\n"},
          {"ETRN -x\r\n", "501 Error: invalid parameter syntax\r\n"},
          {"ETRN @site.example\r\n", no},
          {from, smtpd_test::ok_mail},
          {"ETRN site.example\r\n", "503 Error: MAIL transaction in progress\r\n"}});
    set("smtpd_etrn_restrictions", "permit_mynetworks, reject");
    talk({{"ETRN site.example\r\n",
           "554 5.7.1 <site.example>: Etrn command rejected: Access denied\r\n"}});
}

TEST_F(SmtpdAccess, RefusesToStartOpen) {
    for (const char* line :
         {"smtpd_relay_restrictions = permit", "smtpd_client_restrictions = reject_rbl_client x",
          "smtpd_client_restrictions = check_client_access hash:/no/such/file"})
        EXPECT_THROW(smtpd_test::Judgement(line, nullptr), config::Error) << line;
}

// What the client asks to be told of the delivery is stored (RFC 3461).
TEST_F(SmtpdAccess, StoresDeliveryReportRequests) {
    client_address = "127.0.0.1";
    talk(
        {{"MAIL FROM:<a@x> RET=FOO\r\n", "501 5.5.4 Bad RET parameter syntax\r\n"},
         {"MAIL FROM:<a@x> ENVID=+ZZ\r\n", "501 5.5.4 Bad ENVID parameter syntax\r\n"},
         {"MAIL FROM:<a@x> RET=HDRS ENVID=q+2B\r\n", smtpd_test::ok_mail},
         {"RCPT TO:<b@x> NOTIFY=SOMETIMES\r\n", "501 5.5.4 Error: Bad NOTIFY parameter syntax\r\n"},
         {"RCPT TO:<b@x> NOTIFY=NEVER,DELAY\r\n",
          "501 5.5.4 Error: Bad NOTIFY parameter syntax\r\n"},
         {"RCPT TO:<b@x> ORCPT=x\r\n", "501 5.5.4 Error: Bad ORCPT parameter syntax\r\n"},
         {"RCPT TO:<b@x> ORCPT=rfc822;x+\r\n", "501 5.5.4 Error: Bad ORCPT parameter syntax\r\n"},
         {"RCPT TO:<b@x> NOTIFY=success,FAILURE ORCPT=rfc822;c@x\r\n", smtpd_test::ok_rcpt},
         {"RCPT TO:<d@x>\r\n", smtpd_test::ok_rcpt},
         {"DATA\r\n", smtpd_test::go_ahead},
         {"x\r\n.\r\n", smtpd_test::queued}});
    auto mails = stored();
    ASSERT_EQ(mails.size(), 1u);
    const mail::Envelope& envelope = mails[0].envelope;
    EXPECT_EQ(envelope.dsn_ret, "HDRS");
    EXPECT_EQ(envelope.dsn_envid, "q+2B");
    ASSERT_EQ(envelope.recipients.size(), 2u);
    EXPECT_EQ(envelope.recipients[0].notify, mail::notify_success | mail::notify_failure);
    EXPECT_EQ(envelope.recipients[0].orcpt, "rfc822;c@x");
    EXPECT_EQ(envelope.recipients[1].notify, 0u);
}

}  // namespace
