// check_…_mx_access, check_…_ns_access and check_…_a_access: the hosts that the DNS has for a name.
#include "lib/base/text.h"
#include "tests/unit/smtpd/dialogue.h"

namespace {

using namespace smtpd_test;

// A restriction, a sender, the reply to RCPT and part of the log.
struct Row {
    const char* restriction;
    const char* entries;
    const char* sender;
    const char* reply;
    const char* logged = "";
};

struct SmtpdServerRule : Dialogue, testing::WithParamInterface<Row> {
    SmtpdServerRule() {
        client_name = "client.test";
        resolver.mx("mx.test", 10, "mail.mx.test").mx("mx.test", 20, "mail2.mx.test");
        resolver.a("mail.mx.test", "192.0.2.1").a("mail2.mx.test", "192.0.2.2");
        resolver.aaaa("mail2.mx.test", "2001:db8::2");
        resolver.a("nomx.test", "192.0.2.3").a("deep.sub.ns.test", "192.0.2.4");
        resolver.add("ns.test", dns::Type::ns, dns::Host{"ns1.dns.test"});
        resolver.mx("null.test", 0, "").mx("dangle.test", 10, "nowhere.test");
        resolver.state("broken.test", dns::Type::mx, dns::Answer::State::retry);
        resolver.mx("client.test", 10, "mail.mx.test");
    }
};

const char* const ok = "250 2.1.5 Ok";
const char* const denied = "550 5.7.1 <s@mx.test>: Sender address rejected: no";

TEST_P(SmtpdServerRule, Answers) {
    const Row& row = GetParam();
    base::append(main_cf, "smtpd_sender_restrictions = ", row.restriction, " inline:{", row.entries,
                 "}\n");
    talk_raw({{"", greeting},
              {"HELO mx.test\r\n", "250 mx.example.com\r\n"},
              {base::text("MAIL FROM:<", row.sender, ">\r\n"), ok_mail},
              {"RCPT TO:<r@mx.test>\r\n", base::text(row.reply, "\r\n")}});
    EXPECT_NE(logged().find(row.logged), std::string::npos) << logged();
}

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdServerRule,
    testing::Values(
        Row{"check_sender_mx_access", "{mail2.mx.test=550 no}", "s@mx.test", denied},
        Row{"check_sender_mx_access", "{mx.test=550 no}", "s@mx.test", denied},
        Row{"check_sender_mx_access", "{192.0.2.2=550 no}", "s@mx.test", denied},
        Row{"check_sender_mx_access", "{192.0.2=550 no}", "s@mx.test", denied},
        Row{"check_sender_mx_access", "{2001:db8::2=550 no}", "s@mx.test", denied},
        Row{"check_sender_mx_access", "{mail.mx.test=DUNNO},{mail2.mx.test=REJECT}", "s@mx.test",
            ok},
        Row{"check_sender_mx_access", "{192.0.2.9=REJECT}", "s@mx.test", ok},
        Row{"check_sender_mx_access", "{192.0.2.3=550 no}", "s@nomx.test",
            "550 5.7.1 <s@nomx.test>: Sender address rejected: no"},
        Row{"check_sender_mx_access", "{192.0.2.7=550 no}", "s@[192.0.2.7]",
            "550 5.7.1 <s@[192.0.2.7]>: Sender address rejected: no"},
        Row{"check_sender_mx_access", "{test=REJECT}", "", ok},
        Row{"check_sender_mx_access", "{x=REJECT}", "s@null.test", ok},
        Row{"check_sender_mx_access", "{x=REJECT}", "s@dangle.test", ok,
            "warning: Unable to look up MX host nowhere.test for Sender address s@dangle.test: "
            "Name or service not known\n"},
        Row{"check_sender_mx_access", "{broken.test=REJECT}", "s@broken.test", ok,
            "warning: Unable to look up MX host for broken.test: Host not found, try again\n"},
        Row{"check_sender_mx_access", "{192.0.2.1=OK}", "s@mx.test",
            "451 4.3.5 Server configuration error",
            "warning: restriction check_sender_mx_access returns OK for s@mx.test\n"},
        Row{"check_sender_mx_access", "{192.0.2.1=DISCARD}", "s@mx.test", ok, " discard: "},
        Row{"check_sender_ns_access", "{ns1.dns.test=550 no}", "s@deep.sub.ns.test",
            "550 5.7.1 <s@deep.sub.ns.test>: Sender address rejected: no"},
        Row{"check_sender_ns_access", "{x=REJECT}", "s@nomx.test", ok,
            "warning: Unable to look up NS host for s@nomx.test: Host not found\n"},
        Row{"check_sender_a_access", "{192.0.2.3=550 no}", "s@nomx.test",
            "550 5.7.1 <s@nomx.test>: Sender address rejected: no"},
        Row{"check_sender_a_access", "{nomx.test=REJECT}", "s@nomx.test", ok},
        Row{"check_helo_mx_access", "{mail.mx.test=550 no}", "s@x",
            "550 5.7.1 <mx.test>: Helo command rejected: no"},
        Row{"check_recipient_mx_access", "{mail.mx.test=550 no}", "s@x",
            "550 5.7.1 <r@mx.test>: Recipient address rejected: no"},
        Row{"check_client_mx_access", "{mail.mx.test=550 no}", "s@x",
            "550 5.7.1 <client.test[127.0.0.1]>: Client host rejected: no"},
        Row{"check_reverse_client_hostname_mx_access", "{mail.mx.test=550 no}", "s@x",
            "550 5.7.1 <client.test>: Unverified Client host rejected: no"},
        Row{"check_client_ns_access", "{x=REJECT}", "s@x", ok,
            "warning: Unable to look up NS host for client.test[127.0.0.1]: Host not found\n"}));

struct SmtpdNamelessClient : SmtpdServerRule {};

TEST_F(SmtpdNamelessClient, HasNoHosts) {
    client_name = "";
    main_cf += "smtpd_client_restrictions = check_client_mx_access static:REJECT\n";
    talk({{"MAIL FROM:<s@x>\r\n", ok_mail}, {"RCPT TO:<r@x>\r\n", ok_rcpt}});
}

}  // namespace
