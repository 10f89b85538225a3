// Access tables and the addresses that exist here, asked in dialogues.
#include "lib/base/text.h"
#include "tests/unit/smtpd/dialogue.h"

namespace {

using smtpd_test::Dialogue;

struct SmtpdTables : Dialogue {
    SmtpdTables() {
        client_address = "192.0.2.9";
        client_name = "mail.client.example";
        domains = {{"mine.example", route::Class::local},
                   {"relayed.example", route::Class::relay},
                   {"alias.example", route::Class::virtual_alias},
                   {"box.example", route::Class::virtual_mailbox}};
    }

    void set(std::string_view name, std::string_view value) {
        base::append(main_cf, name, " = ", value, "\n");
    }
    bool logs(std::string_view part) { return logged().find(part) != std::string::npos; }
    // The reply to RCPT TO:<to> after MAIL FROM:<from>.
    void expect(std::string_view from, std::string_view to, std::string_view reply) {
        talk_raw({{"", smtpd_test::greeting},
                  {"HELO helo.example\r\n", "250 mx.example.com\r\n"},
                  {base::text("MAIL FROM:<", from, ">\r\n"), smtpd_test::ok_mail},
                  {base::text("RCPT TO:<", to, ">\r\n"), base::text(reply, "\r\n")}});
    }
};

const char* const ok = "250 2.1.5 Ok";

// What an entry of an access table about the sender s@x.example comes to.
struct Entry {
    const char* value;
    const char* reply;
    const char* logged = "";
};

struct SmtpdEntry : SmtpdTables, testing::WithParamInterface<Entry> {};

TEST_P(SmtpdEntry, IsObeyed) {
    set("smtpd_restriction_classes", "strict, loop");
    set("strict", "permit_mynetworks, check_sender_access inline:{{s@x.example=REJECT not today}}");
    set("loop", "check_sender_access static:loop");
    set("smtpd_sender_restrictions",
        base::text("check_sender_access inline:{{s@x.example=", GetParam().value, "}}"));
    expect("s@x.example", "r@mine.example", GetParam().reply);
    EXPECT_TRUE(logs(GetParam().logged)) << logged();
}

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdEntry,
    testing::Values(
        Entry{"OK", ok}, Entry{"relay", ok}, Entry{"DUNNO", ok}, Entry{"dunno and more", ok},
        Entry{"12345", ok}, Entry{"550", ok}, Entry{"permit", ok},
        Entry{"REJECT", "554 5.7.1 <s@x.example>: Sender address rejected: Access denied"},
        Entry{"reject go away", "554 5.7.1 <s@x.example>: Sender address rejected: go away"},
        Entry{"REJECT 5.2.2 full", "554 5.2.2 <s@x.example>: Sender address rejected: full"},
        Entry{"DEFER", "450 4.7.1 <s@x.example>: Sender address rejected: Access denied"},
        Entry{"DEFER later", "450 4.7.1 <s@x.example>: Sender address rejected: later"},
        Entry{"DEFER_IF_PERMIT",
              "450 4.7.1 <s@x.example>: Sender address rejected: Service unavailable"},
        Entry{"DEFER_IF_PERMIT 4.5.6 hm", "450 4.5.6 <s@x.example>: Sender address rejected: hm"},
        Entry{"DEFER_IF_REJECT", ok},
        Entry{"450 busy", "450 4.7.1 <s@x.example>: Sender address rejected: busy"},
        Entry{"550 5.1.1 no", "550 5.1.7 <s@x.example>: Sender address rejected: no",
              "mapping DSN status 5.1.1 into Sender address status 5.1.7\n"},
        Entry{"550 5.1.2 no", "550 5.1.8 <s@x.example>: Sender address rejected: no"},
        Entry{"550 4.2.2 no", "550 5.2.2 <s@x.example>: Sender address rejected: no"},
        Entry{"421 4.2.1 bye", "421 4.2.1 <s@x.example>: Sender address rejected: bye"},
        Entry{"reject_non_fqdn_sender, reject",
              "554 5.7.1 <s@x.example>: Sender address rejected: Access denied"},
        Entry{"warn_if_reject reject", ok,
              "NOQUEUE: reject_warning: RCPT from mail.client.example[192.0.2.9]: 554 5.7.1 "
              "<s@x.example>: Sender address rejected: Access denied; from=<s@x.example> "
              "to=<r@mine.example> proto=SMTP helo=<helo.example>\n"},
        Entry{"WARN look at this", ok,
              "NOQUEUE: warn: RCPT from mail.client.example[192.0.2.9]: look at this; "
              "from=<s@x.example> to=<r@mine.example> proto=SMTP helo=<helo.example>\n"},
        Entry{"INFO hello", ok, "NOQUEUE: info: RCPT from mail.client.example[192.0.2.9]: hello;"},
        Entry{"nonsense", "451 4.3.5 Server configuration error",
              "warning: unknown smtpd restriction: \"nonsense\"\n"},
        Entry{"check_sender_access hash:/x", "451 4.3.5 Server configuration error",
              "has entry with lookup table: check_sender_access hash:/x\n"},
        Entry{"strict", "554 5.7.1 <s@x.example>: Sender address rejected: not today"},
        Entry{"loop", "451 4.3.5 Server configuration error",
              "warning: access table entry for s@x.example causes unreasonable recursion\n"},
        Entry{"reject_rbl_client x", "451 4.3.5 Server configuration error"}));

TEST_F(SmtpdTables, DiscardedMailIsAccepted) {
    set("smtpd_sender_restrictions", "inline:{{s@x.example=DISCARD}}, reject");
    set("smtpd_recipient_restrictions", "reject");
    talk({{"MAIL FROM:<s@x.example>\r\n", smtpd_test::ok_mail},
          {"RCPT TO:<r@far.example>\r\n", smtpd_test::ok_rcpt},
          {"DATA\r\n", smtpd_test::go_ahead},
          {"x\r\n.\r\n", smtpd_test::queued},
          {"MAIL FROM:<s@x.example>\r\n", smtpd_test::ok_mail},
          {"RCPT TO:<r@far.example>\r\n", smtpd_test::ok_rcpt},
          {"BDAT 3 LAST\r\nx\r\n", "250 2.0.0 Ok: 3 bytes queued as *\r\n"},
          {"MAIL FROM:<t@x.example>\r\n", smtpd_test::ok_mail},
          {"RCPT TO:<r@far.example>\r\n",
           "554 5.7.1 <t@x.example>: Sender address rejected: Access denied\r\n"}});
    EXPECT_TRUE(stored().empty());
    EXPECT_TRUE(
        logs("NOQUEUE: discard: RCPT from mail.client.example[192.0.2.9]: <s@x.example>: "
             "Sender address triggers DISCARD action; from=<s@x.example> "
             "to=<r@far.example> proto=ESMTP helo=<client.example>\n"));
}

// Which keys a table is asked for, and which restriction asks.
struct Asked {
    const char* parameter;
    const char* restriction;
    const char* key;
    const char* reply;
};

struct SmtpdAsked : SmtpdTables, testing::WithParamInterface<Asked> {};

TEST_P(SmtpdAsked, FindsItsKey) {
    set(GetParam().parameter,
        base::text(GetParam().restriction, " inline:{{", GetParam().key, "=REJECT}}"));
    set("smtpd_relay_restrictions", "permit_mynetworks, reject_unauth_destination");
    expect("s@x.example", "r@mine.example", GetParam().reply);
}

const char* const client_refused =
    "554 5.7.1 <mail.client.example[192.0.2.9]>: Client host rejected: Access denied";
const char* const helo_refused = "554 5.7.1 <helo.example>: Helo command rejected: Access denied";
const char* const sender_refused =
    "554 5.7.1 <s@x.example>: Sender address rejected: Access denied";
const char* const recipient_refused =
    "554 5.7.1 <r@mine.example>: Recipient address rejected: Access denied";

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdAsked,
    testing::Values(
        Asked{"smtpd_client_restrictions", "check_client_access", "192.0.2.9", client_refused},
        Asked{"smtpd_client_restrictions", "check_client_access", "192.0.2", client_refused},
        Asked{"smtpd_client_restrictions", "", "client.example", client_refused},
        Asked{"smtpd_client_restrictions", "check_client_access", "elsewhere.example", ok},
        Asked{"smtpd_client_restrictions", "check_reverse_client_hostname_access", "example",
              "554 5.7.1 <mail.client.example>: Unverified Client host rejected: Access denied"},
        Asked{"smtpd_helo_restrictions", "", "helo.example", helo_refused},
        Asked{"smtpd_recipient_restrictions", "check_helo_access", "example", helo_refused},
        Asked{"smtpd_sender_restrictions", "", "x.example", sender_refused},
        Asked{"smtpd_sender_restrictions", "", "s@", sender_refused},
        Asked{"smtpd_sender_restrictions", "check_recipient_access", "r@mine.example",
              recipient_refused},
        Asked{"smtpd_relay_restrictions", "", "mine.example", ok},  // set again behind it
        Asked{"smtpd_recipient_restrictions", "", "mine.example", recipient_refused}));

TEST_F(SmtpdTables, NullSenderHasAKey) {
    set("smtpd_sender_restrictions", "inline:{{<>=REJECT}}");
    expect("", "r@mine.example", "554 5.7.1 <>: Sender address rejected: Access denied");
}

TEST_F(SmtpdTables, NoTablePermitsHiddenRoutes) {
    set("smtpd_recipient_restrictions",
        "check_recipient_access inline:{{relayed.example=OK}}, reject");
    expect("s@x", "r@relayed.example", ok);
    expect("s@x", "r%far.example@relayed.example",
           "554 5.7.1 <r%far.example@relayed.example>: Recipient address rejected: Access denied");
}

TEST_F(SmtpdTables, ATableInTroubleDefers) {
    set("smtpd_client_restrictions", "check_client_access fail:x");
    expect("s@x", "r@mine.example",
           "451 4.3.5 <mail.client.example[192.0.2.9]>: Client host rejected: Server configuration "
           "error");
    set("smtpd_client_restrictions", "");
    set("mynetworks", "fail:x");
    expect("s@x", "r@far.example",
           "451 4.3.0 <mail.client.example[192.0.2.9]>: Temporary lookup failure");
}

TEST_F(SmtpdTables, ClientsWithoutNames) {
    set("smtpd_client_restrictions", "reject_unknown_client_hostname");
    expect("s@x", "r@mine.example", ok);
    client_name = "";
    expect("s@x", "r@mine.example",
           "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.9]");
    set("unknown_client_reject_code", "550");
    expect("s@x", "r@mine.example",
           "550 5.7.1 Client host rejected: cannot find your hostname, [192.0.2.9]");
    set("smtpd_client_restrictions", "reject_unknown_reverse_client_hostname");
    expect("s@x", "r@mine.example",
           "550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.9]");
}

TEST_F(SmtpdTables, DomainsMustExist) {
    using State = dns::Answer::State;
    resolver.mx("mx.example", 1, "m.example").a("a.example", "192.0.2.1").mx("null.example", 0, "");
    resolver.state("slow.example", dns::Type::mx, State::retry);
    set("smtpd_sender_restrictions", "reject_unknown_sender_domain");
    expect("s@mx.example", "r@mine.example", ok);
    expect("s@a.example", "r@mine.example", ok);
    expect("s@mine.example", "r@mine.example", ok);
    expect("s@[192.0.2.1]", "r@mine.example", ok);
    expect("", "r@mine.example", ok);
    expect("s@no.example", "r@mine.example",
           "450 4.1.8 <s@no.example>: Sender address rejected: Domain not found");
    expect("s@null.example", "r@mine.example",
           "550 5.7.27 <s@null.example>: Sender address rejected: Domain null.example does not "
           "accept mail (nullMX)");
    expect("s@slow.example", "r@mine.example",
           "450 4.1.8 <s@slow.example>: Sender address rejected: Domain not found");
    expect("s@slow.example", "r@far.example", "554 5.7.1 <r@far.example>: Relay access denied");
    set("smtpd_sender_restrictions", "");
    set("unknown_hostname_reject_code", "550");
    set("smtpd_helo_restrictions", "reject_unknown_helo_hostname");
    expect("s@x", "r@mine.example",
           "550 5.7.1 <helo.example>: Helo command rejected: Host not found");
}

// Which addresses exist, by the class of their domain.
struct Known {
    const char* to;
    const char* reply;
};

struct SmtpdKnown : SmtpdTables, testing::WithParamInterface<Known> {
    SmtpdKnown() {
        set("local_recipient_maps", "inline:{{known=x},{user=x}}");
        set("relay_recipient_maps", "inline:{{known@relayed.example=x}}");
        set("virtual_mailbox_maps", "inline:{{known@box.example=x}}");
        set("recipient_delimiter", "+");
        transports = {
            {"moved@mine.example", {"error", "5.1.6 User has moved to new@x"}},
            {"unknown@alias.example", {"error", "5.1.1 User unknown in virtual alias table"}},
            {"wait@mine.example", {"retry", "4.2.9 wait"}}};
    }
};

TEST_P(SmtpdKnown, IsToldToTheClient) {
    expect("s@x.example", GetParam().to, GetParam().reply);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdKnown,
    testing::Values(
        Known{"known@mine.example", ok}, Known{"KNOWN@mine.example", ok},
        Known{"known+ext@mine.example", ok}, Known{"postmaster@mine.example", ok},
        Known{"double-bounce@mine.example", ok}, Known{"mailer-daemon@mine.example", ok},
        Known{"known@relayed.example", ok}, Known{"known@box.example", ok},
        Known{"no@mine.example",
              "550 5.1.1 <no@mine.example>: Recipient address rejected: User unknown in local "
              "recipient table"},
        Known{"no@relayed.example",
              "550 5.1.1 <no@relayed.example>: Recipient address rejected: User unknown in relay "
              "recipient table"},
        Known{"postmaster@box.example",
              "550 5.1.1 <postmaster@box.example>: Recipient address rejected: User unknown in "
              "virtual mailbox table"},
        Known{"unknown@alias.example",
              "550 5.1.1 <unknown@alias.example>: Recipient address rejected: User unknown in "
              "virtual alias table"},
        Known{"moved@mine.example",
              "550 5.1.6 <moved@mine.example>: Recipient address rejected: User has moved to "
              "new@x"},
        Known{"wait@mine.example",
              "450 4.2.9 <wait@mine.example>: Recipient address rejected: wait"}));

TEST_F(SmtpdKnown, AlsoForClientsThatMayRelay) {
    client_address = "127.0.0.1";
    expect("s@x", "no@mine.example",
           "550 5.1.1 <no@mine.example>: Recipient address rejected: User unknown in local "
           "recipient table");
    set("show_user_unknown_table_name", "no");
    set("unknown_local_recipient_reject_code", "450");
    expect("s@x", "no@mine.example",
           "450 4.1.1 <no@mine.example>: Recipient address rejected: User unknown");
    set("smtpd_reject_unlisted_recipient", "no");
    expect("s@x", "no@mine.example", ok);
    set("smtpd_recipient_restrictions", "reject_unlisted_recipient, reject");
    expect("s@x", "no@mine.example",
           "450 4.1.1 <no@mine.example>: Recipient address rejected: User unknown");
}

TEST_F(SmtpdKnown, SendersToo) {
    set("smtpd_reject_unlisted_sender", "yes");
    expect("known@mine.example", "known@mine.example", ok);
    expect("", "known@mine.example", ok);
    expect("s@far.example", "known@mine.example", ok);
    expect("no@mine.example", "known@mine.example",
           "550 5.1.0 <no@mine.example>: Sender address rejected: User unknown in local recipient "
           "table");
    expect("moved@mine.example", "known@mine.example",
           "550 5.1.7 <moved@mine.example>: Sender address rejected: User has moved to new@x");
}

TEST_F(SmtpdKnown, TroubleIsNoAbsence) {
    set("local_recipient_maps", "fail:x");
    expect("s@x", "no@mine.example", "451 4.3.0 <no@mine.example>: Temporary lookup failure");
    set("local_recipient_maps", "");
    expect("s@x", "no@mine.example", ok);
}

}  // namespace
