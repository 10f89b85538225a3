// Restrictions about the form of names, and the parameters that change the codes of refusals.
#include "lib/base/text.h"
#include "tests/unit/smtpd/dialogue.h"

namespace {

using namespace smtpd_test;

struct Form {
    const char* helo;
    const char* from;
    const char* reply;  // to RCPT
};

const char* const ok = "250 2.1.5 Ok";

struct SmtpdForm : Dialogue, testing::WithParamInterface<Form> {};

TEST_P(SmtpdForm, IsJudged) {
    main_cf +=
        "smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n"
        "smtpd_sender_restrictions = reject_non_fqdn_sender\n";
    talk_raw({{"", greeting},
              {base::text("HELO ", GetParam().helo, "\r\n"), "250 mx.example.com\r\n"},
              {base::text("MAIL FROM:<", GetParam().from, ">\r\n"), ok_mail},
              {"RCPT TO:<r@far.example>\r\n", base::text(GetParam().reply, "\r\n")}});
}

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdForm,
    testing::Values(
        Form{"host.example", "s@x.example", ok}, Form{"host.example.", "s@x.example", ok},
        Form{"a_b.example", "s@x.example", ok}, Form{"[192.0.2.1]", "s@x.example", ok},
        Form{"[IPv6:2001:db8::1]", "s@x.example", ok}, Form{"host.example", "", ok},
        Form{"host.example", "s@[192.0.2.1]", ok},
        Form{"host", "s@x.example",
             "504 5.5.2 <host>: Helo command rejected: need fully-qualified hostname"},
        Form{"192.0.2.1", "s@x.example",
             "504 5.5.2 <192.0.2.1>: Helo command rejected: need fully-qualified hostname"},
        Form{"-host.example", "s@x.example",
             "501 5.5.2 <-host.example>: Helo command rejected: Invalid name"},
        Form{"host..example", "s@x.example",
             "501 5.5.2 <host..example>: Helo command rejected: Invalid name"},
        Form{"a!b", "s@x.example", "501 5.5.2 <a!b>: Helo command rejected: Invalid name"},
        Form{"[192.0.2]", "s@x.example",
             "501 5.5.2 <[192.0.2]>: Helo command rejected: invalid ip address"},
        Form{"host.example", "s",
             "504 5.5.2 <s>: Sender address rejected: need fully-qualified "
             "address"},
        Form{"host.example", "s@x",
             "504 5.5.2 <s@x>: Sender address rejected: need fully-qualified address"}));

// A parameter, a restriction, and the refusal.
struct Code {
    const char* parameter;  // "name = value"
    const char* restriction;
    const char* reply;
};

struct SmtpdCode : Dialogue, testing::WithParamInterface<Code> {};

TEST_P(SmtpdCode, IsTheOneOfMainCf) {
    client_address = "192.0.2.9";
    domains = {{"mine.example", route::Class::local}};
    base::append(main_cf, GetParam().parameter,
                 "\nsmtpd_relay_restrictions = ", GetParam().restriction, "\n");
    talk_raw({{"", greeting},
              {"HELO -x\r\n", "250 mx.example.com\r\n"},
              {"MAIL FROM:<s@gone.example>\r\n", ok_mail},
              {"RCPT TO:<r@far.example>\r\n", base::text(GetParam().reply, "\r\n")}});
}

INSTANTIATE_TEST_SUITE_P(
    Table, SmtpdCode,
    testing::Values(
        Code{"reject_code = 577", "reject",
             "577 5.7.1 <r@far.example>: Recipient address rejected: Access denied"},
        Code{"defer_code = 477", "defer",
             "477 4.3.2 <r@far.example>: Recipient address rejected: Try again later"},
        Code{"relay_domains_reject_code = 577", "reject_unauth_destination",
             "577 5.7.1 <r@far.example>: Relay access denied"},
        Code{"relay_domains_reject_code = 577", "defer_unauth_destination",
             "477 4.7.1 <r@far.example>: Relay access denied"},
        Code{"access_map_reject_code = 577", "check_sender_access static:REJECT, reject",
             "577 5.7.1 <s@gone.example>: Sender address rejected: Access denied"},
        Code{"access_map_defer_code = 477", "check_sender_access static:DEFER, reject",
             "477 4.7.1 <s@gone.example>: Sender address rejected: Access denied"},
        Code{"invalid_hostname_reject_code = 577", "reject_invalid_helo_hostname, reject",
             "577 5.5.2 <-x>: Helo command rejected: Invalid name"},
        Code{"non_fqdn_reject_code = 577", "reject_non_fqdn_helo_hostname, reject",
             "577 5.5.2 <-x>: Helo command rejected: need fully-qualified hostname"},
        Code{"unknown_hostname_reject_code = 577", "reject_unknown_helo_hostname, reject",
             "577 5.7.1 <-x>: Helo command rejected: Host not found"},
        Code{"unknown_address_reject_code = 577", "reject_unknown_sender_domain, reject",
             "577 5.1.8 <s@gone.example>: Sender address rejected: Domain not found"},
        Code{"unknown_address_reject_code = 577", "reject_unknown_recipient_domain, reject",
             "577 5.1.2 <r@far.example>: Recipient address rejected: Domain not found"},
        Code{"unknown_client_reject_code = 577", "reject_unknown_client_hostname, reject",
             "577 5.7.1 Client host rejected: cannot find your hostname, [192.0.2.9]"},
        Code{"unknown_client_reject_code = 577", "reject_unknown_reverse_client_hostname, reject",
             "577 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.9]"},
        Code{"plaintext_reject_code = 577", "reject_plaintext_session, reject",
             "577 5.7.1 Session encryption is required"}));

}  // namespace
