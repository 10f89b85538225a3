// Actions of access tables about the message as a whole: what is stored, what is logged.
#include "lib/base/text.h"
#include "lib/spool/notes.h"
#include "tests/unit/smtpd/dialogue.h"

namespace {

using namespace smtpd_test;

struct SmtpdMessageAction : Dialogue {
    SmtpdMessageAction() { options.cleanup.content_filter = "scan:all"; }

    void set(std::string_view name, std::string_view value) {
        base::append(main_cf, name, " = ", value, "\n");
    }
    bool logs(std::string_view part) { return logged().find(part) != std::string::npos; }
    // The entry for a@x as a recipient.
    void entry(std::string_view value) {
        set("smtpd_recipient_restrictions", base::text("check_recipient_access inline:{{a@x=",
                                                       value, "}}, permit_mynetworks, reject"));
    }
    // A message for a@x and b@y; as it is stored.
    Stored message() {
        talk({{"MAIL FROM:<s@x>\r\n", ok_mail},
              {"RCPT TO:<a@x>\r\nRCPT TO:<b@y>\r\n", ok_rcpt + ok_rcpt},
              {"DATA\r\n", go_ahead},
              {"Subject: s\r\n\r\n.\r\n", queued}});
        std::vector<Stored> all = stored();
        return all.size() == 1 ? all[0] : Stored();
    }
    static std::string order(const Stored& mail, std::string_view name) {
        auto found = mail.envelope.more.find(std::string(name));
        return found == mail.envelope.more.end() ? "" : found->second;
    }
    static std::string recipients(const Stored& mail) {
        std::string all;
        for (const mail::Recipient& to : mail.envelope.recipients)
            base::append(all, all.empty() ? "" : " ", to.address, to.original.empty() ? "" : "<",
                         to.original, to.notify == mail::notify_never ? "!" : "");
        return all;
    }
};

// An entry, and what is stored and logged for it.
struct Row {
    const char* entry;
    const char* hold;
    const char* filter;
    const char* recipients;
    const char* logged;  // what, text
};

struct SmtpdMessageOrder : SmtpdMessageAction, testing::WithParamInterface<Row> {};

TEST_P(SmtpdMessageOrder, IsStored) {
    const Row& row = GetParam();
    entry(row.entry);
    Stored mail = message();
    EXPECT_EQ(order(mail, spool::note::hold), row.hold);
    EXPECT_EQ(order(mail, spool::note::content_filter), row.filter);
    EXPECT_EQ(recipients(mail), row.recipients);
    EXPECT_TRUE(logs(row.logged)) << logged();
}

constexpr const char* both = "a@x b@y";

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdMessageOrder,
    testing::Values(
        Row{"DUNNO", "", "scan:all", both, "client=unknown[127.0.0.1]\n"},
        Row{"HOLD", "1", "scan:all", both,
            "NOQUEUE: hold: RCPT from unknown[127.0.0.1]: <a@x>: Recipient address triggers HOLD "
            "action; from=<s@x> to=<a@x> proto=ESMTP helo=<client.example>\n"},
        Row{"hold for review", "1", "scan:all", both,
            "hold: RCPT from unknown[127.0.0.1]: <a@x>: Recipient address for review; from="},
        Row{"FILTER smtp:[h]:26", "", "smtp:[h]:26", both,
            "filter: RCPT from unknown[127.0.0.1]: <a@x>: Recipient address triggers FILTER "
            "smtp:[h]:26; from="},
        Row{"FILTER smtp:", "", "smtp:", both, "triggers FILTER smtp:; from="},
        Row{"FILTER", "", "scan:all", both, "entry \"a@x\" has FILTER entry without value\n"},
        Row{"FILTER smtp", "", "scan:all", both, "entry \"a@x\" requires transport:destination\n"},
        Row{"REDIRECT boss@z", "", "", "boss@z<a@x",
            "redirect: RCPT from unknown[127.0.0.1]: <a@x>: Recipient address triggers REDIRECT "
            "boss@z; from="},
        Row{"REDIRECT boss", "", "scan:all", both, "entry \"a@x\" requires user@domain target\n"},
        Row{"BCC spy@z", "", "scan:all", "spy@z! a@x b@y",
            "bcc: RCPT from unknown[127.0.0.1]: <a@x>: Recipient address triggers BCC spy@z; "
            "from="},
        Row{"BCC spy", "", "scan:all", both, "entry \"a@x\" requires user@domain target\n"},
        Row{"PREPEND nothing", "", "scan:all", both, "entry \"a@x\" requires header: text\n"},
        Row{"PREPEND a b: c", "", "scan:all", both, "entry \"a@x\" requires header: text\n"}));

TEST_F(SmtpdMessageAction, HeadersGoOnTop) {
    set("smtpd_recipient_restrictions",
        "check_sender_access inline:{{s@x=PREPEND X-Sender: seen}}, check_recipient_access "
        "inline:{{b@y=PREPEND Message-Id: <own@x>}}, permit_mynetworks, reject");
    Stored mail = message();
    EXPECT_TRUE(
        mail.content.starts_with("X-Sender: seen\r\nX-Sender: seen\r\n"
                                 "Message-Id: <own@x>\r\nReceived: from client.example"))
        << mail.content;
    EXPECT_EQ(mail.envelope.message_id, "<own@x>");
    EXPECT_EQ(mail.content.find("Message-Id", 60), std::string::npos);
}

TEST_F(SmtpdMessageAction, PrependedHeadersAreNoHops) {
    options.cleanup.hopcount_limit = 2;
    set("smtpd_sender_restrictions", "check_sender_access inline:{{s@x=PREPEND X: y}}");
    EXPECT_EQ(recipients(message()), both);
}

TEST_F(SmtpdMessageAction, TheLastOneCountsAndHoldIsSaidOnce) {
    set("smtpd_client_restrictions",
        "check_client_access inline:{{127.0.0.1=HOLD}}, check_client_access "
        "inline:{{127.0.0.1=FILTER one:1}}, check_client_access inline:{{127.0.0.1=FILTER two:2}}");
    set("smtpd_recipient_restrictions",
        "check_recipient_access inline:{{a@x=BCC c@z},{b@y=BCC c@z}}, permit_mynetworks, reject");
    Stored mail = message();
    EXPECT_EQ(order(mail, spool::note::content_filter), "two:2");
    EXPECT_EQ(recipients(mail), "c@z! a@x b@y");
    std::string log = logged();
    EXPECT_EQ(log.find(" hold: "), log.rfind(" hold: "));
    EXPECT_NE(log.find(" filter: "), log.rfind(" filter: "));
}

TEST_F(SmtpdMessageAction, EndsWithItsTransaction) {
    entry("HOLD");
    talk({{"MAIL FROM:<s@x>\r\n", ok_mail},
          {"RCPT TO:<a@x>\r\n", ok_rcpt},
          {"RSET\r\n", "250 2.0.0 Ok\r\n"},
          {"MAIL FROM:<s@x>\r\n", ok_mail},
          {"RCPT TO:<b@y>\r\n", ok_rcpt},
          {"DATA\r\n", go_ahead},
          {".\r\n", queued},
          {"VRFY a@x\r\n", "252 2.0.0 a@x\r\n"}});
    EXPECT_EQ(order(stored().at(0), spool::note::hold), "");
}

TEST_F(SmtpdMessageAction, MayBeToldAtMail) {
    set("smtpd_delay_reject", "no");
    set("smtpd_sender_restrictions", "check_sender_access inline:{{s@x=HOLD}}");
    set("smtpd_helo_restrictions", "check_helo_access inline:{{client.example=HOLD}}");
    EXPECT_EQ(order(message(), spool::note::hold), "1");
    EXPECT_TRUE(logs(" hold: MAIL from unknown[127.0.0.1]: <s@x>: Sender address triggers"));
    EXPECT_TRUE(
        logs(": with smtpd_delay_reject=no, action HOLD is always skipped in Client host or Helo "
             "command restrictions\n"));
}

TEST_F(SmtpdMessageAction, TellsAtTheEndOfData) {
    set("smtpd_end_of_data_restrictions",
        "check_sender_access inline:{{s@x=REDIRECT r@z}}, check_sender_access "
        "inline:{{s@x=PREPEND X: late}}");
    EXPECT_EQ(recipients(message()), "r@z<a@x");
    EXPECT_TRUE(logs(" redirect: END-OF-MESSAGE from "));
    EXPECT_TRUE(logs(": action PREPEND must be used before END-OF-MESSAGE\n"));
}

TEST_F(SmtpdMessageAction, ARefusedSenderLeavesNoTransaction) {
    set("smtpd_delay_reject", "no");
    set("smtpd_sender_restrictions", "check_sender_access inline:{{s@x=REJECT}}");
    talk({{"MAIL FROM:<s@x>\r\n", "554 5.7.1 <s@x>: Sender address rejected: Access denied\r\n"},
          {"RCPT TO:<a@x>\r\n", "503 5.5.1 Error: need MAIL command\r\n"},
          {"MAIL FROM:<t@x>\r\n", ok_mail}});
}

}  // namespace
