// What explain says of logins without connecting: whose they are, never what proves it.
#include "postrelay/logins.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/nexthop/login_tables.h"

namespace postrelay {
namespace {

// "[r1.example]:587" and what is said of the login there, as text and as JSON.
std::string explained(const std::string& main_cf, const std::string& sender = "a@example.org") {
    config::Settings settings =
        config::Settings::from(config::MainCf::parse(main_cf, "main.cf"), "/etc/postfix");
    config::OwnSettings own(settings, "smtp");
    dict::Tables tables(settings);
    io::Loop loop;
    Findings findings;
    findings.sender = sender;
    findings.routed.route.emplace().nexthop = "[r1.example]:587";
    Hop& hop = findings.hops.emplace_back();
    hop.relay.text = "[r1.example]:587";
    hop.relay.host = "r1.example";
    Place& place = findings.order.emplace_back();
    place.endpoint.host = "r1.example";
    place.endpoint.address = *io::SocketAddress::inet("192.0.2.1", 587);
    io::run_task(find_logins(findings, own, tables));
    if (!place.login)
        return "nothing";
    return base::text(login_text(*place.login), "\n", login_json(*place.login).line());
}

TEST(PostrelayLogins, AreTheOnesOfSmtpWithoutTheirSecrets) {
    const std::string logs_in = "smtp_sasl_auth_enable = yes\n";
    EXPECT_EQ(explained(""), "nothing");
    EXPECT_EQ(explained(logs_in + "smtp_sasl_password_maps = inline:{ {other = ali:sesame} }\n"),
              "none\n{}\n");
    const std::string passwords = logs_in +
                                  "smtp_sasl_password_maps = inline:{ {r1.example = ali:sesame} "
                                  "{b@example.org|[r1.example]:587 = bob:barley} }\n";
    EXPECT_EQ(explained(passwords),
              "ali, by password (table inline, key r1.example)\n"
              "{\"user\":\"ali\",\"by\":\"password\","
              "\"from\":\"table inline, key r1.example\"}\n");
    EXPECT_EQ(explained(passwords, "b@example.org").substr(0, 20), "bob, by password (ta");
    std::string token = explained(
        logs_in +
        "smtp_sasl_token_maps = inline:{ {r1.example = ali command:/bin/give sesame} }\n");
    EXPECT_EQ(token.substr(0, 14), "ali, by token ");
    EXPECT_EQ(token.find("sesame"), std::string::npos);
    EXPECT_EQ(token.find("give"), std::string::npos);
}

TEST(PostrelayLogins, TablesThatHaveThemInTheirNamesAreNamedByTypeAlone) {
    struct Case {
        const char* tables;
        const char* names;
    };
    const Case cases[] = {
        {"", ""},
        {"hash:/etc/postfix/sasl_passwd", "hash:/etc/postfix/sasl_passwd"},
        {"inline:{ {r1 = ali:sesame} }, hash:/x", "inline, hash:/x"},
        {"static:ali:sesame texthash:/y", "static, texthash:/y"},
        {"static:{ali:sesame}", "static"},
        {"proxy:inline:{{a = b:c}}, proxy:hash:/x", "proxy:inline, proxy:hash:/x"},
        {"unionmap:{ static:a:b }", "unionmap"},
        {"regexp:{{/./ ali:sesame}}, regexp:/z", "regexp, regexp:/z"},
        {"proxy:pcre:{{/./ ali:sesame}}", "proxy:pcre"},
        {"sesame", "sesame"},
    };
    for (const Case& one : cases)
        EXPECT_EQ(nexthop::login_table_names(one.tables), one.names) << one.tables;
}

// Somebody wrote them wrong.
TEST(PostrelayLogins, ThatAreMistypedTellNoSecretsEither) {
    const std::string logs_in = "smtp_sasl_auth_enable = yes\n";
    const std::pair<const char*, const char*> rows[] = {
        {"smtp_sasl_password_maps = inline:{ {r1.example = ali sesame} }\n",
         "unknown: table inline, key r1.example: expected \"user:password\"\n"},
        {"smtp_sasl_token_maps = inline:{ {r1.example = sesame} }\n",
         "unknown: table inline, key r1.example: expected \"user file:/path\" or \"user "
         "command:/path …\"\n"},
        {"smtp_sasl_password_maps = regexp:{{/^r1/ ali:sesame}}\n",
         "ali, by password (table regexp, key r1.example)\n"},
        {"smtp_sasl_password_maps = static:ali:sesame\n", "ali, by password (table static, key "},
    };
    for (auto [line, want] : rows) {
        std::string said = explained(logs_in + line);
        EXPECT_TRUE(said.starts_with(want)) << said;
        EXPECT_EQ(said.find("sesame"), std::string::npos) << said;
    }
}

TEST(PostrelayLogins, ThatCannotBeAskedForAreUnknown) {
    std::string said = explained(
        "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = texthash:/nonexistent/passwd\n");
    EXPECT_TRUE(said.starts_with("unknown: ")) << said;
    EXPECT_NE(said.find("/nonexistent/passwd"), std::string::npos) << said;
    EXPECT_NE(said.find("\"trouble\""), std::string::npos) << said;
}

}  // namespace
}  // namespace postrelay
