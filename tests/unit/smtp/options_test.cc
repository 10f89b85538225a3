// What main.cf says to the smtp and lmtp clients.
#include "smtp/options.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/main_cf.h"

namespace {

using namespace std::chrono_literals;

config::Settings settings(const std::string& lines) {
    return config::Settings::from(
        config::MainCf::parse(
            "myhostname = mail.example.org\ninet_interfaces = 192.0.2.7\n" + lines, "main.cf"),
        "/etc/postfix");
}

smtp::Options options(std::string_view program, const std::string& lines) {
    config::Settings read = settings(lines);
    dict::Tables tables(read);
    return smtp::Options::from(read, program, "here", tables);
}

TEST(SmtpOptions, TheTwoProgramsHaveTheirOwn) {
    const std::string lines =
        "smtp_helo_name = helo.example\nlmtp_lhlo_name = lhlo.example\nsmtp_mail_timeout = 5s\n"
        "lmtp_mail_timeout = 6s\nsmtp_mx_address_limit = 7\nlmtp_tcp_port = 2400\n"
        "smtp_fallback_relay = [a.example]\nproxy_interfaces = 192.0.2.9\nrelayhost = "
        "[r.example]\n";
    smtp::Options mail = options("smtp", lines);
    EXPECT_FALSE(mail.lmtp);
    EXPECT_EQ(mail.helo_name, "helo.example");
    EXPECT_EQ(mail.mail, 5s);
    EXPECT_EQ(mail.connect, 30s);
    EXPECT_EQ(mail.nexthop.rules.port, 25);
    EXPECT_EQ(mail.nexthop.rules.transport, "here");
    EXPECT_EQ(mail.nexthop.address_limit, 7u);
    EXPECT_EQ(mail.nexthop.lookup.address_limit, 7u);
    EXPECT_EQ(mail.nexthop.fallback_relay, "[a.example]");
    EXPECT_EQ(mail.nexthop.relayhost, "[r.example]");
    EXPECT_TRUE(mail.nexthop.lookup.own.contains("192.0.2.7"));
    EXPECT_TRUE(mail.nexthop.lookup.own.contains("192.0.2.9"));
    EXPECT_FALSE(mail.nexthop.lookup.own.contains("192.0.2.8"));
    EXPECT_TRUE(mail.nexthop.lookup.guard_loops);

    smtp::Options store = options("lmtp", lines);
    EXPECT_TRUE(store.lmtp);
    EXPECT_TRUE(store.nexthop.rules.lmtp);
    EXPECT_EQ(store.helo_name, "lhlo.example");
    EXPECT_EQ(store.mail, 6s);
    EXPECT_EQ(store.connect, 0s);
    EXPECT_EQ(store.nexthop.rules.port, 2400);
    EXPECT_EQ(store.nexthop.address_limit, 5u);
    EXPECT_EQ(store.nexthop.fallback_relay, "");
    EXPECT_FALSE(store.nexthop.lookup.guard_loops);
    EXPECT_FALSE(store.skip_quit_response);
}

TEST(SmtpOptions, WhetherDnsIsAsked) {
    struct Row {
        const char* lines;
        bool asks;
    };
    const Row rows[] = {
        {"", true},
        {"disable_dns_lookups = yes\n", false},
        {"disable_dns_lookups = yes\nsmtp_dns_support_level = enabled\n", true},
        {"smtp_dns_support_level = dnssec\n", true},
        {"smtp_dns_support_level = disabled\n", false},
    };
    for (const Row& row : rows)
        EXPECT_EQ(options("smtp", row.lines).nexthop.lookup.ask_dns, row.asks) << row.lines;
}

TEST(SmtpOptions, MailComesFromTheOnlyAddressThatThereIs) {
    struct Row {
        const char* lines;
        const char* v4;  // "" for the system's choice
        const char* v6;
    };
    const Row rows[] = {
        {"", "192.0.2.7", ""},
        {"inet_interfaces = 192.0.2.7, 192.0.2.8\n", "", ""},
        {"inet_interfaces = 192.0.2.7, 2001:db8::7\n", "192.0.2.7", "2001:db8::7"},
        {"inet_interfaces = 127.0.0.1, [::1]\n", "", ""},
        {"inet_interfaces = 127.0.0.1, 192.0.2.7\n", "", ""},
        {"proxy_interfaces = 192.0.2.9\n", "192.0.2.7", ""},
        {"smtp_bind_address = [192.0.2.1]\nsmtp_bind_address6 = [2001:db8::1]\n", "192.0.2.1",
         "2001:db8::1"},
    };
    auto text = [](const std::optional<io::SocketAddress>& address) {
        return address ? address->ip() : "";
    };
    for (const Row& row : rows) {
        smtp::Options read = options("smtp", row.lines);
        EXPECT_EQ(text(read.bind_v4), row.v4) << row.lines;
        EXPECT_EQ(text(read.bind_v6), row.v6) << row.lines;
    }
}

TEST(SmtpOptions, WhichNamesAreSearchedFor) {
    dns::SearchRules none = options("smtp", "").nexthop.lookup.search;
    EXPECT_FALSE(none.any());
    dns::SearchRules both =
        options("smtp", "smtp_dns_resolver_options = res_defnames, res_dnsrch\n")
            .nexthop.lookup.search;
    EXPECT_TRUE(both.short_names && both.all_names);
    EXPECT_FALSE(
        options("lmtp", "smtp_dns_resolver_options = res_defnames\n").nexthop.lookup.search.any());
}

TEST(SmtpOptions, WhatIsNoneOfItsKindIsRefused) {
    struct Row {
        const char* line;
        const char* problem;
    };
    const Row rows[] = {
        {"smtp_bind_address = ::1\n",
         "main.cf, line 3: smtp_bind_address = ::1: expected one IPv4"},
        {"smtp_bind_address6 = 192.0.2.1\n", "expected one IPv6 address"},
        {"smtp_tcp_port = no-such-service\n",
         "main.cf, line 3: smtp_tcp_port = no-such-service: expected a port"},
        {"known_tcp_ports = smtp\n", "main.cf, line 3: known_tcp_ports: expected NAME=PORT"},
        {"smtp_dns_resolver_options = res_rotate\n", "expected res_defnames, res_dnsrch or both"},
        {"smtp_discard_ehlo_keyword_address_maps = texthash:/nonexistent/x\n",
         "smtp_discard_ehlo_keyword_address_maps"},
    };
    for (const Row& row : rows) {
        try {
            options("smtp", row.line);
            ADD_FAILURE() << row.line;
        } catch (const config::Error& error) {
            EXPECT_NE(std::string_view(error.what()).find(row.problem), std::string_view::npos)
                << error.what();
        }
    }
}

}  // namespace
