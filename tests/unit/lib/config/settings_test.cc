#include "lib/config/settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lib/base/text.h"
#include "lib/config/unused.h"

namespace {

using config::MainCf;
using config::Settings;
using namespace std::chrono_literals;

Settings of(const std::string& text, const config::Overrides& overrides = {}) {
    return Settings::from(MainCf::parse(text, "main.cf"), "/etc/postfix", overrides);
}

// The problems of `text`, joined by newlines; "" when there are none.
std::string problems(const std::string& text, const config::Overrides& overrides = {}) {
    try {
        of(text, overrides);
    } catch (const config::Error& error) {
        return error.what();
    }
    return {};
}

TEST(Settings, DefaultsHaveTheirTypes) {
    Settings s = of("");
    EXPECT_EQ(s.number("smtpd_recipient_limit"), 1000);
    EXPECT_EQ(s.time("smtpd_timeout"), base::Duration(300s));
    EXPECT_EQ(s.time("maximal_queue_lifetime"), base::Duration(5 * 24h));
    EXPECT_EQ(s.size("message_size_limit"), 10240000u);
    EXPECT_EQ(s.size("spool_segment_size"), 16u << 20);
    EXPECT_FALSE(s.flag("soft_bounce"));
    EXPECT_TRUE(s.list("relayhost").empty());
    EXPECT_EQ(s.text("hash_queue_names"), "deferred, defer");
    EXPECT_EQ(s.text("syslog_facility"), "mail");
    EXPECT_EQ(s.text("config_directory"), "/etc/postfix");
    EXPECT_FALSE(s.is_set("max_use"));
    EXPECT_TRUE(s.warnings().empty());
}

TEST(Settings, ExpandsReferences) {
    Settings s =
        of("myhostname = mx.example.org\n"
           "greet = ${mail_name} of $(mydomain)\n"
           "smtpd_banner = $myhostname costs 5$$ $greet\n");
    EXPECT_EQ(s.text("smtpd_banner"), "mx.example.org costs 5$ Postfix of example.org");
    EXPECT_EQ(s.text("mydomain"), "example.org");
    EXPECT_EQ(s.text("myorigin"), "mx.example.org");
    EXPECT_EQ(s.text("smtp_helo_name"), "mx.example.org");
    EXPECT_EQ(s.value("greet"), "Postfix of example.org");
}

TEST(Settings, MachineNameTakesMydomain) {
    Settings s = of("mydomain = example.net\n");
    EXPECT_NE(s.text("myhostname").find('.'), std::string::npos);
    EXPECT_EQ(of("myhostname = alone\n").text("mydomain"), "localdomain");
}

struct LevelCase {
    const char* level;
    const char* append_dot_mydomain;
    const char* relay_domains;
    const char* relay_restrictions;
    const char* mynetworks_style;
    const char* smtputf8_enable;
    const char* tls_level;
};

TEST(Settings, CompatibilityLevelChoosesDefaults) {
    const char* relay = "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination";
    const LevelCase cases[] = {
        {"0", "yes", "here.example", "", "subnet", "no", ""},
        {"1", "no", "here.example", relay, "subnet", "yes", ""},
        {"2", "no", "", relay, "host", "yes", ""},
        {"3.6", "no", "", relay, "host", "yes", ""},
        {"3.11", "no", "", relay, "host", "yes", "may"},
        {"3.12.1", "no", "", relay, "host", "yes", "may"},
        {"9999", "no", "", relay, "host", "yes", "may"},
    };
    for (const LevelCase& each : cases) {
        Settings s = of(
            base::text("compatibility_level = ", each.level, "\nmydestination = here.example\n"));
        EXPECT_EQ(s.value("append_dot_mydomain"), each.append_dot_mydomain) << each.level;
        EXPECT_EQ(s.value("relay_domains"), each.relay_domains) << each.level;
        EXPECT_EQ(s.value("smtpd_relay_restrictions"), each.relay_restrictions) << each.level;
        EXPECT_EQ(s.value("mynetworks_style"), each.mynetworks_style) << each.level;
        EXPECT_EQ(s.value("smtputf8_enable"), each.smtputf8_enable) << each.level;
        EXPECT_EQ(s.value("smtp_tls_security_level"), each.tls_level) << each.level;
    }
    EXPECT_EQ(of("").value("compatibility_level"), "0");
}

TEST(Settings, StressShortensTimes) {
    EXPECT_EQ(of("stress = yes").time("smtpd_timeout"), base::Duration(10s));
    EXPECT_EQ(of("stress =").number("smtpd_hard_error_limit"), 20);
}

TEST(Settings, MynetworksComeFromTheMachine) {
    Settings s =
        of("inet_interfaces = loopback-only\ninet_protocols = ipv4\n"
           "mynetworks_style = host\nmine = $mynetworks\n");
    EXPECT_EQ(s.text("mynetworks"), "127.0.0.1/32");
    EXPECT_EQ(s.value("mine"), "127.0.0.1/32");
}

TEST(Settings, SomeValuesAreForTheProgramToExpand) {
    Settings s = of("forward_path = ${home}/x$nothing, $(\nluser_relay = $user@example.org\n");
    EXPECT_EQ(s.value("forward_path"), "${home}/x$nothing, $(");
    EXPECT_EQ(s.value("smtpd_expansion_filter").substr(0, 10), "\\t\\40!\"#$%");
    for (const std::string& warning : s.warnings())
        EXPECT_NE(warning.find("is not built yet"), std::string::npos) << warning;
}

TEST(Settings, LmtpFollowsSmtp) {
    Settings s = of("lmtp_sasl_tls_security_options = a\nsmtp_helo_timeout = 7s\n");
    EXPECT_EQ(s.time("lmtp_connect_timeout"), base::Duration(0s));
    EXPECT_EQ(s.time("lmtp_lhlo_timeout"), base::Duration(300s));
    EXPECT_EQ(s.value("lmtp_sasl_tls_verified_security_options"), "a");
    EXPECT_EQ(s.value("lmtp_tcp_port"), "24");
    EXPECT_EQ(s.value("lmtp_fallback_relay"), "");
}

TEST(Settings, TimeWithoutUnitHasThatOfTheDefault) {
    Settings s = of("maximal_queue_lifetime = 2\nsmtpd_timeout = 7\nqueue_run_delay = 2M\n");
    EXPECT_EQ(s.time("maximal_queue_lifetime"), base::Duration(48h));
    EXPECT_EQ(s.time("smtpd_timeout"), base::Duration(7s));
    EXPECT_EQ(s.time("queue_run_delay"), base::Duration(120s));
}

TEST(Settings, OverridesWin) {
    Settings s = of("soft_bounce = no\nlocal = 5s\n",
                    {{"soft_bounce", "yes"}, {"smtpd_timeout", "$local"}, {"smtpd_timeout", "9s"}});
    EXPECT_TRUE(s.flag("soft_bounce"));
    EXPECT_EQ(s.time("smtpd_timeout"), base::Duration(9s));
    EXPECT_EQ(s.where("soft_bounce"), "-o");
    EXPECT_TRUE(s.is_set("smtpd_timeout"));
}

TEST(Settings, PerTransportNamesFallBack) {
    Settings s =
        of("default_destination_concurrency_limit = 7\n"
           "relay_destination_concurrency_limit = 3\n");
    EXPECT_EQ(s.number("smtp_destination_concurrency_limit"), 7);
    EXPECT_EQ(s.number("relay_destination_concurrency_limit"), 3);
    EXPECT_EQ(s.number("smtp_initial_destination_concurrency"), 5);
    EXPECT_EQ(s.number("local_destination_recipient_limit"), 1);
}

TEST(Settings, WarnsOfWhatHasNoEffect) {
    Settings s =
        of("biff = no\nno_such = 1\nused = $empty_one\nsmtpd_banner = $used\n"
           "smtp_tls_enable_rpk = yes\nbiff = no\nhtml_directory = /x\n"
           "smtpd_peername_lookup = no\nsyslog_facility = local1\n");
    std::vector<std::string> expected = {
        "main.cf, line 6: overriding earlier entry: biff=no",
        "$empty_one is used but has no value; it is taken as empty",
        "main.cf, line 5: smtp_tls_enable_rpk = yes is not built yet and has no effect",
        "main.cf, line 9: syslog_facility = local1 is not built yet and has no effect"};
    EXPECT_EQ(s.warnings(), expected);
    EXPECT_EQ(config::unused_names(s.main_cf(), {}), std::vector<std::string>{"no_such"});
}

TEST(Settings, StockDebianFileLoads) {
    Settings s =
        of("smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)\n"
           "biff = no\nappend_dot_mydomain = no\nreadme_directory = no\n"
           "compatibility_level = 3.6\n"
           "smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem\n"
           "smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key\n"
           "smtpd_tls_security_level=may\n"
           "smtp_tls_CApath=/etc/ssl/certs\nsmtp_tls_security_level=may\n"
           "smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n"
           "smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated "
           "defer_unauth_destination\n"
           "myhostname = vm\nalias_maps = hash:/etc/aliases\n"
           "alias_database = hash:/etc/aliases\nmydestination =\nrelayhost =\n"
           "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\n"
           "mailbox_size_limit = 0\nrecipient_delimiter = +\n"
           "inet_interfaces = all\ninet_protocols = all\n");
    EXPECT_EQ(s.list("mynetworks").size(), 3u);
    EXPECT_TRUE(config::unused_names(s.main_cf(), {}).empty());
}

struct Bad {
    const char* text;
    const char* problem;
};

class BadSettings : public testing::TestWithParam<Bad> {};

TEST_P(BadSettings, SayWhatWasExpected) {
    EXPECT_EQ(problems(GetParam().text), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadSettings,
    testing::Values(
        Bad{"soft_bounce = maybe",
            "main.cf, line 1: soft_bounce: expected yes or no, found "
            "\"maybe\""},
        Bad{"soft_bounce =", "main.cf, line 1: soft_bounce: expected yes or no, found nothing"},
        Bad{"\nsmtpd_recipient_limit = 0",
            "main.cf, line 2: smtpd_recipient_limit: expected a number from 1 to 2147483647, found "
            "\"0\""},
        Bad{"smtpd_recipient_limit = 1x",
            "main.cf, line 1: smtpd_recipient_limit: expected a number from 1 to 2147483647, found "
            "\"1x\""},
        Bad{"smtpd_timeout = 5y",
            "main.cf, line 1: smtpd_timeout: expected a time from 1s to "
            "2147483647s, in units s, m, h, d or w, found \"5y\""},
        Bad{"smtpd_timeout = 1h30m",
            "main.cf, line 1: smtpd_timeout: expected a time from 1s to "
            "2147483647s, in units s, m, h, d or w, found \"1h30m\""},
        Bad{"smtpd_timeout = 99999999999999999999w",
            "main.cf, line 1: smtpd_timeout: expected a time from 1s to 2147483647s, in units s, "
            "m, h, d or w, found \"99999999999999999999w\""},
        Bad{"message_size_limit = -1",
            "main.cf, line 1: message_size_limit: expected a size of at least 0 bytes, in units k, "
            "M or G, found \"-1\""},
        Bad{"spool_segment_size = 1k",
            "main.cf, line 1: spool_segment_size: expected a size from 1048576 to 1073741824 "
            "bytes, "
            "in units k, M or G, found \"1k\""},
        Bad{"syslog_facility = post",
            "main.cf, line 1: syslog_facility: expected one of mail, auth, authpriv, cron, daemon, "
            "ftp, kern, lpr, news, syslog, user, uucp, local0, local1, local2, local3, local4, "
            "local5, local6, local7, found \"post\""},
        Bad{"smtpd_tls_security_level = must",
            "main.cf, line 1: smtpd_tls_security_level: expected one of none, may, encrypt, "
            "verify, "
            "secure, fingerprint, dane, dane-only or nothing, found \"must\""},
        Bad{"queue_directory =",
            "main.cf, line 1: queue_directory: expected a value that is not empty"},
        Bad{"smtpd_banner = $(x",
            "main.cf, line 1: smtpd_banner: expected a closing ')' at \"(x\""},
        Bad{"compatibility_level = new",
            "main.cf, line 1: compatibility_level: expected a level such as 2 or 3.6, found "
            "\"new\""},
        Bad{"stress = much\nsmtpd_per_record_deadline = maybe",
            "default: smtpd_per_request_deadline = ${smtpd_per_record_deadline?"
            "{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}: expected yes or no, found "
            "\"maybe\""},
        Bad{"mynetworks_style = all",
            "main.cf, line 1: mynetworks_style: expected one of host, subnet, class, found "
            "\"all\""},
        Bad{"smtpd_banner = cost $",
            "main.cf, line 1: smtpd_banner: expected $name, ${name}, $(name) or $$ at \"$\""},
        Bad{"smtpd_banner = a $smtpd_banner",
            "main.cf, line 1: smtpd_banner: expected a value that does not lead back to itself, "
            "found $smtpd_banner in the value of smtpd_banner"},
        Bad{"a = $b\nb = $a",
            "main.cf, line 1: a: expected a value that does not lead back to itself, found $a in "
            "the value of b\n"
            "main.cf, line 2: b: expected a value that does not lead back to itself, found $b in "
            "the value of a"},
        Bad{"myhostname = mx.$mydomain",
            "main.cf, line 1: myhostname: expected a value that does not lead back to itself, "
            "found $myhostname in the value of mydomain"},
        Bad{"myorigin = /no/such/file",
            "main.cf, line 1: myorigin: open /no/such/file: No such file or directory"},
        Bad{"smtpd_milters = inet:localhost:8891",
            "main.cf, line 1: smtpd_milters = inet:localhost:8891 is not built yet, and mail could "
            "suffer if it were ignored: expected no value or no such line"},
        Bad{"smtp_tls_security_level = encrypted",
            "main.cf, line 1: smtp_tls_security_level: expected one of none, may, encrypt, dane, "
            "dane-only, fingerprint, verify, secure or nothing, found \"encrypted\""}));

TEST(Settings, RiskyValuesStopTheStart) {
    for (const char* line : {"body_checks = regexp:/x", "smtpd_proxy_filter = 127.0.0.1:26",
                             "header_checks = regexp:/x", "smtp_destination_rate_delay = 1s"})
        EXPECT_NE(problems(line).find("mail could suffer"), std::string::npos) << line;
    EXPECT_EQ(problems("body_checks ="), "");
}

TEST(Settings, ProblemsOfOverridesNameTheOption) {
    EXPECT_EQ(problems("", {{"soft_bounce", "2"}}),
              "-o: soft_bounce: expected yes or no, found \"2\"");
}

TEST(SettingsDeathTest, UnknownNameIsABug) {
    Settings s = of("");
    EXPECT_DEATH(s.number("no_such_name"), "the parameter table has no number named no_such_name");
    EXPECT_DEATH(s.flag("smtpd_timeout"), "the parameter table has no flag named smtpd_timeout");
}

TEST(Override, IsNameAndValue) {
    EXPECT_EQ(config::parse_override("a = b=c "),
              (std::pair<std::string, std::string>("a", "b=c")));
    EXPECT_EQ(config::parse_override("a="), (std::pair<std::string, std::string>("a", "")));
    for (const char* bad : {"", "a", "=b", "a b=c"})
        EXPECT_THROW(config::parse_override(bad), config::Error) << bad;
}

TEST(Unused, NamesOneEditAway) {
    EXPECT_EQ(config::similar_name("relay_host"), "relayhost");
    EXPECT_EQ(config::similar_name("myhostnam"), "myhostname");
    EXPECT_EQ(config::similar_name("mynetwrosk"), "");
    EXPECT_EQ(config::similar_name("mynetwokrs"), "mynetworks");
    EXPECT_EQ(config::similar_name("smtpd_timeouts"), "smtpd_timeout");
    EXPECT_EQ(config::similar_name("smtpd_bannar"), "smtpd_banner");
    EXPECT_EQ(config::similar_name("x"), "");
}

TEST(Settings, ACommandIsStoppedByWhatItAsksForOnly) {
    char folder[] = "/tmp/settings_test.XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    const std::string path = std::string(folder) + "/main.cf";
    std::ofstream(path) << "content_filter = smtp:[127.0.0.1]:10025\n"
                           "smtpd_recipient_limit = many\n"
                           "smtpd_timeout = ${broken\n"
                           "mail_name = $smtpd_timeout\n"
                           "queue_directory = /queue\n";
    EXPECT_THROW(Settings::load(folder), config::Error);
    Settings s = Settings::load_for_command(folder);
    EXPECT_EQ(s.text("queue_directory"), "/queue");
    EXPECT_EQ(s.size("message_size_limit"), 10240000u);
    EXPECT_EQ(s.time("max_idle"), base::Duration(100s));
    auto trouble = [](auto ask) -> std::string {
        try {
            ask();
        } catch (const config::Error& error) {
            return error.what();
        }
        return {};
    };
    EXPECT_EQ(trouble([&] { s.number("smtpd_recipient_limit"); }),
              path +
                  ", line 2: smtpd_recipient_limit: expected a number from 1 to 2147483647, found "
                  "\"many\"");
    EXPECT_NE(trouble([&] { s.time("smtpd_timeout"); }).find("line 3: smtpd_timeout: "),
              std::string::npos);
    EXPECT_NE(trouble([&] { s.text("mail_name"); }).find("line 4: mail_name: "), std::string::npos);
    std::filesystem::remove_all(folder);
}

}  // namespace
