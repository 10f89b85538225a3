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
    EXPECT_NE(shown("relay:[b.example]", rules()).find("unknown service"), std::string::npos);
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
