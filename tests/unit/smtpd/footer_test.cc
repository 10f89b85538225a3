// Text added to refusals, and extensions that some clients are not offered.
#include "smtpd/footer.h"

#include "lib/base/text.h"
#include "tests/unit/smtpd/dialogue.h"

namespace {

using smtpd_test::Dialogue;

std::string footed(std::string_view reply, std::string_view footer) {
    smtpd::FooterValues values{"192.0.2.9", "4711", "mx.example.com", base::WallTime()};
    return smtpd::with_footer(mail::Reply::make(550, reply), footer, values).wire();
}

TEST(Footer, IsAdded) {
    struct Row {
        const char *reply, *footer, *wire;
    };
    static const Row rows[] = {
        {"5.1.1 no", "", "550 5.1.1 no\r\n"},
        {"5.1.1 no", "help", "550-5.1.1 no\r\n550 5.1.1 help\r\n"},
        {"no status", "help", "550-no status\r\n550 help\r\n"},
        {"5.1.1 no", "\\c. help", "550 5.1.1 no. help\r\n"},
        {"5.1.1 no", "\\c. a\\nb\\nc", "550-5.1.1 no. a\r\n550-5.1.1 b\r\n550 5.1.1 c\r\n"},
        {"5.1.1 no", "$client_address:${client_port} at $(server_name)",
         "550-5.1.1 no\r\n550 5.1.1 192.0.2.9:4711 at mx.example.com\r\n"},
        {"5.1.1 no", "$sender?", "550-5.1.1 no\r\n550 5.1.1 ?\r\n"},
        {"5.1.1 no", "${broken", "550 5.1.1 no\r\n"},
        {"5.1.1 no", "a\rb\nc", "550-5.1.1 no\r\n550 5.1.1 a?b?c\r\n"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(footed(row.reply, row.footer), row.wire) << row.footer;
}

struct SmtpdFooter : Dialogue {};

TEST_F(SmtpdFooter, StandsBehindRefusalsOnly) {
    client_address = "192.0.2.9";
    main_cf +=
        "smtpd_reject_footer = \\c. Ask $server_name\n"
        "smtpd_reject_footer_maps = inline:{{502 5.5.1 VRFY command is disabled=\\c!}}\n";
    options.disable_vrfy = true;
    talk_raw(
        {{"", smtpd_test::greeting},
         {"HELO x\r\n", "250 mx.example.com\r\n"},
         {"FOO\r\n", "500 5.5.2 Error: command not recognized. Ask mx.example.com\r\n"},
         {"VRFY x\r\n", "502 5.5.1 VRFY command is disabled!\r\n"},
         {"MAIL FROM:<>\r\n", smtpd_test::ok_mail},
         {"RCPT TO:<a@x>\r\n", "554 5.7.1 <a@x>: Relay access denied. Ask mx.example.com\r\n"}});
    EXPECT_NE(logged().find(": 554 5.7.1 <a@x>: Relay access denied; from=<>"), std::string::npos);
}

TEST_F(SmtpdFooter, SomeClientsAreOfferedLess) {
    main_cf +=
        "smtpd_discard_ehlo_keyword_address_maps = "
        "inline:{{127.0.0.1=pipelining, dsn etrn vrfy}}, fail:x\n";
    talk_raw({{"", smtpd_test::greeting},
              {"EHLO x\r\n",
               "250-mx.example.com\r\n250-SIZE 10000\r\n250-ENHANCEDSTATUSCODES\r\n"
               "250-8BITMIME\r\n250 CHUNKING\r\n"},
              {"MAIL FROM:<> RET=FULL\r\n", "555 5.5.4 Unsupported option: RET=FULL\r\n"}});
    client_address = "127.0.0.2";
    talk_raw({{"", smtpd_test::greeting}, {"EHLO x\r\n", "250 mx.example.com\r\n"}});
}

TEST_F(SmtpdFooter, HiddenRoutesMayBeAllowed) {
    client_address = "192.0.2.9";
    domains = {{"relayed.example", route::Class::relay}};
    main_cf += "allow_untrusted_routing = yes\n";
    talk({{"MAIL FROM:<>\r\n", smtpd_test::ok_mail},
          {"RCPT TO:<a%far@relayed.example>\r\n", smtpd_test::ok_rcpt}});
}

}  // namespace
