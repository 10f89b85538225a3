// Destinations: what each form means, and what is said of the rest.
#include "lib/nexthop/destination.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace {

using Kind = nexthop::Destination::Kind;

constexpr std::string_view known = "lmtp=24, smtp=25, smtps=submissions=465, submission=587";

nexthop::DestinationRules rules(bool lmtp = false) {
    nexthop::DestinationRules made;
    made.lmtp = lmtp;
    made.port = lmtp ? 24 : 25;
    made.transport = lmtp ? "lmtp" : "smtp";
    made.services = config::ServicePorts(known, "main.cf, line 1", "/nonexistent");
    return made;
}

std::string shown(std::string_view list, const nexthop::DestinationRules& under) {
    std::string out;
    for (const nexthop::Destination& each : nexthop::parse_destinations(list, under)) {
        std::string_view kind = each.kind == Kind::domain   ? "domain "
                                : each.kind == Kind::host   ? "host "
                                : each.kind == Kind::socket ? "socket "
                                                            : "! ";
        base::append(out, kind, each.host, each.defect);
        if (each.port != 0)
            base::append(out, " ", each.port);
        out += "; ";
    }
    return out;
}

struct Row {
    std::string_view list;
    std::string_view plan;
};

TEST(SmtpDestination, Forms) {
    const Row rows[] = {
        {"relay.example", "domain relay.example 25; "},
        {"relay.example:2525", "domain relay.example 2525; "},
        {"relay.example:submission", "domain relay.example 587; "},
        {"relay.example:", "domain relay.example 25; "},
        {"[relay.example]", "host relay.example 25; "},
        {"[relay.example]:smtps", "host relay.example 465; "},
        {"[relay.example]:submissions", "host relay.example 465; "},
        {"localhost", "domain localhost 25; "},
        {"a_b.x-y.example", "domain a_b.x-y.example 25; "},
        {"3com.example", "domain 3com.example 25; "},
        {"[192.0.2.1]", "host 192.0.2.1 25; "},
        {"[192.0.2.1]:", "host 192.0.2.1 25; "},
        {"[192.0.2.1]:lmtp", "host 192.0.2.1 24; "},
        {"192.0.2.1", "host 192.0.2.1 25; "},
        {"192.0.2.1:smtp", "host 192.0.2.1 25; "},
        {"[::1]:25", "host ::1 25; "},
        {"[ipv6:2001:db8::1]", "host 2001:db8::1 25; "},
        {"[IPv6:2001:db8::1]:99", "host 2001:db8::1 99; "},
        {"[192.0.2.1], a.example:26 [b.example]:27",
         "host 192.0.2.1 25; domain a.example 26; host b.example 27; "},
        {" ,[192.0.2.1],,\t", "host 192.0.2.1 25; "},
        {"", ""},
    };
    for (const Row& row : rows)
        EXPECT_EQ(shown(row.list, rules()), row.plan) << row.list;
}

TEST(SmtpDestination, LmtpHasSocketsAndNoExchangers) {
    const Row rows[] = {
        {"unix:private/dovecot-lmtp", "socket private/dovecot-lmtp; "},
        {"unix:/run/lmtp", "socket /run/lmtp; "},
        {"inet:mail.example:2400", "host mail.example 2400; "},
        {"inet:[::1]:2400", "host ::1 2400; "},
        {"mail.example", "host mail.example 24; "},
        {"[mail.example]:smtp", "host mail.example 25; "},
        {"unix:", "! no path of a socket: \"unix:\"; "},
        {"lmtp:unix:private/x", "socket private/x; "},
        {"lmtp:inet:[192.0.2.1]:24", "host 192.0.2.1 24; "},
    };
    for (const Row& row : rows)
        EXPECT_EQ(shown(row.list, rules(true)), row.plan) << row.list;
    EXPECT_NE(shown("unix:private/x", rules()).find("unknown service"), std::string::npos);
}

TEST(SmtpDestination, TheTransportMayBeRepeated) {
    const Row rows[] = {
        {"[a.example]:587, smtp:[b.example]:587", "host a.example 587; host b.example 587; "},
        {"a.example smtp:b.example:26", "domain a.example 25; domain b.example 26; "},
        {"smtp:b.example", "domain b.example 25; "},
        {"smtp:25", "domain smtp 25; "},
        {"smtp:submission", "domain smtp 587; "},
        {"smtp:", "domain smtp 25; "},
        {"SMTP:[b.example]", "host b.example 25; "},
    };
    for (const Row& row : rows)
        EXPECT_EQ(shown(row.list, rules()), row.plan) << row.list;
    EXPECT_EQ(shown("relay:[b.example]", rules()), "domain relay 25; host b.example 25; ");
}

TEST(SmtpDestination, HostsMayBeJoinedByColons) {
    const Row rows[] = {
        {"a.example:b.example", "domain a.example 25; domain b.example 25; "},
        {"[a]:[b]", "host a 25; host b 25; "},
        {"[a.example]:b.example", "host a.example 25; domain b.example 25; "},
        {"a:[b]", "domain a 25; host b 25; "},
        {"a.example:587:b.example", "domain a.example 587; domain b.example 25; "},
        {"[a]:submission:[b]:26:c.example", "host a 587; host b 26; domain c.example 25; "},
        {"192.0.2.1:192.0.2.2", "host 192.0.2.1 25; host 192.0.2.2 25; "},
        {"[::1]:[ipv6:2001:db8::1]:25", "host ::1 25; host 2001:db8::1 25; "},
        {"[::1]:587", "host ::1 587; "},
        {"a.example:a_name", "domain a.example 25; domain a_name 25; "},
        {"a.example:a-service-name1", "! unknown service \"a-service-name1\""},
        {"a.example:longer-than-any-service",
         "domain a.example 25; domain longer-than-any-service 25; "},
        {"a.example:b.example, [c]", "domain a.example 25; domain b.example 25; host c 25; "},
        {"smtp:a.example:[b]", "domain a.example 25; host b 25; "},
        {"a.example:submision", "! unknown service \"submision\""},
        {"a.example:b.example:99999", "! unknown service \"b.example:99999\""},
        {"a.example:25:26", "! unknown service \"25:26\""},
        {"a.example::b.example", "! unknown service \":b.example\""},
        {"a.example:b..example", "! unknown service \"b..example\""},
        {"2001:db8::1", "! valid hostname or network address"},
        {"[a]:587:", "! unknown service \"587:\""},
        {"[a]:[b", "! unknown service \"[b\""},
    };
    for (const Row& row : rows) {
        std::string made = shown(row.list, rules());
        EXPECT_EQ(made.substr(0, row.plan.size()), row.plan) << row.list;
        EXPECT_EQ(row.plan.starts_with("!"), made.find("! ") != made.npos) << made;
    }
    std::vector<nexthop::Destination> two =
        nexthop::parse_destinations("[a]:26:b.example", rules());
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].text, "[a]:26");
    EXPECT_EQ(two[1].text, "b.example");
    EXPECT_TRUE(two[0].of_colon_list && two[1].of_colon_list);
    EXPECT_EQ(shown("inet:[::1]:24:mail.example", rules(true)),
              "host ::1 24; host mail.example 24; ");
    EXPECT_EQ(shown("unix:/run/a:b.example", rules(true)), "socket /run/a:b.example; ");
}

TEST(SmtpDestination, KnowsHowItIsWritten) {
    using Form = nexthop::Destination::Form;
    struct Written {
        std::string_view element;
        Form form;
        bool names_port;
    };
    const Written rows[] = {
        {"a.example", Form::bare, false},        {"a.example:25", Form::bare, true},
        {"a.example:", Form::bare, false},       {"[a.example]", Form::bracketed, false},
        {"[192.0.2.1]:25", Form::literal, true}, {"192.0.2.1", Form::literal, false},
        {"[ipv6:::1]", Form::literal, false},    {"unix:/run/x", Form::socket, false},
        {"inet:a.example:24", Form::bare, true},
    };
    for (const Written& row : rows) {
        nexthop::Destination made = nexthop::parse_destinations(row.element, rules(true)).at(0);
        EXPECT_EQ(made.form, row.form) << row.element;
        EXPECT_EQ(made.names_port, row.names_port) << row.element;
        EXPECT_FALSE(made.of_colon_list || nexthop::name_of(made.form).empty());
        EXPECT_EQ(made.text, row.element);
    }
}

TEST(SmtpDestination, AttributesFollowSemicolons) {
    struct Attributes {
        std::string_view element;
        std::string_view text;
        unsigned weight;
        int priority;  // -1: none
    };
    const Attributes rows[] = {
        {"[a]:587", "[a]:587", 1, -1},
        {"[a]:587;weight=3", "[a]:587", 3, -1},
        {"[a]:587;weight=3;priority=2", "[a]:587", 3, 2},
        {"a.example;Priority=0;WEIGHT=65535;", "a.example", 65535, 0},
        {"smtp:[a]:587;weight=2", "[a]:587", 2, -1},
        {"[2001:db8::1];weight=0", "[2001:db8::1]", 0, -1},
    };
    for (const Attributes& row : rows) {
        nexthop::Destination made = nexthop::parse_destinations(row.element, rules()).at(0);
        EXPECT_NE(made.kind, Kind::unusable) << row.element;
        EXPECT_EQ(made.text, row.text);
        EXPECT_EQ(made.weight, row.weight) << row.element;
        EXPECT_EQ(made.priority ? *made.priority : -1, row.priority) << row.element;
    }
    for (const nexthop::Destination& each :
         nexthop::parse_destinations("a.example:[b];weight=4", rules()))
        EXPECT_EQ(each.weight, 4u);
    EXPECT_EQ(nexthop::parse_destinations("unix:/run/x;weight=2", rules(true)).at(0).host,
              "/run/x");
    const Row bad[] = {
        {"[a];wieght=3", "! unknown attribute \"wieght=3\" in \"[a];wieght=3\"; "},
        {"[a];weight", "! a number from 0 to 65535 required after \"weight=\" in \"[a];weight\"; "},
        {"[a];weight=-1",
         "! a number from 0 to 65535 required after \"weight=\" in \"[a];weight=-1\"; "},
        {"[a];priority=65536, [b]",
         "! a number from 0 to 65535 required after \"priority=\" in \"[a];priority=65536\"; "
         "host b 25; "},
        {";weight=1", "! valid hostname or network address required in \"\"; "},
    };
    for (const Row& row : bad) {
        std::string made;
        for (const nexthop::Destination& each : nexthop::parse_destinations(row.list, rules()))
            base::append(made, each.kind == Kind::unusable ? "! " : "host ",
                         each.defect.empty() ? "b 25" : each.defect, "; ");
        EXPECT_EQ(made, row.plan) << row.list;
    }
}

TEST(SmtpDestination, WhatCannotBeUsedSaysWhy) {
    const std::string_view nobody = "valid hostname or network address required";
    const Row rows[] = {
        {"hh.", nobody},
        {"999", nobody},
        {"[999]", nobody},
        {"a..b", nobody},
        {".a", nobody},
        {"-a.example", nobody},
        {"a-.example", nobody},
        {"a@b", nobody},
        {"[192.0.2.1", nobody},
        {"[]", nobody},
        {":25", nobody},
        {"192.0.2.1]:25", nobody},
        {"[192.0.2.1]x", nobody},
        {"[192.0.2.256]", nobody},
        {"::1", nobody},
        {"[192.0.2.1]:no-such", "unknown service \"no-such\""},
        {"[192.0.2.1]:0", "unknown service"},
        {"[192.0.2.1]:65536", "unknown service"},
        {"[192.0.2.1]:-1", "unknown service"},
        {"[192.0.2.1] hh.", "host 192.0.2.1 25; ! "},
    };
    for (const Row& row : rows)
        EXPECT_NE(shown(row.list, rules()).find(row.plan), std::string::npos)
            << row.list << " gives " << shown(row.list, rules());
    EXPECT_NE(shown(std::string(64, 'a') + ".example", rules()).find(nobody), std::string::npos);
    EXPECT_EQ(shown(std::string(63, 'a'), rules()), "domain " + std::string(63, 'a') + " 25; ");
}

}  // namespace
