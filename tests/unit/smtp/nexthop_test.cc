// Next hops: what is an address to go to, and what is said of the rest.
#include "smtp/nexthop.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"

namespace {

std::string shown(std::string_view list) {
    std::string out;
    for (const smtp::Stop& stop : smtp::parse_nexthop(list, 25)) {
        if (stop.address)
            base::append(out, stop.address->ip(), " ", stop.address->port(), "; ");
        else
            base::append(out, "! ", stop.defect, "; ");
    }
    return out;
}

TEST(SmtpNexthop, AddressesInOrder) {
    struct Row {
        std::string_view list;
        std::string_view plan;
    };
    const Row rows[] = {
        {"[192.0.2.1]", "192.0.2.1 25; "},
        {"[192.0.2.1]:2525", "192.0.2.1 2525; "},
        {"[192.0.2.1]:", "192.0.2.1 25; "},
        {"[192.0.2.1]:submission", "192.0.2.1 587; "},
        {"[192.0.2.1]:lmtp", "192.0.2.1 24; "},
        {"192.0.2.1", "192.0.2.1 25; "},
        {"192.0.2.1:smtp", "192.0.2.1 25; "},
        {"[::1]:25", "::1 25; "},
        {"[ipv6:2001:db8::1]", "2001:db8::1 25; "},
        {"[IPv6:2001:db8::1]:99", "2001:db8::1 99; "},
        {"[192.0.2.1], [192.0.2.2]:26 192.0.2.3:27", "192.0.2.1 25; 192.0.2.2 26; 192.0.2.3 27; "},
        {" ,[192.0.2.1],,", "192.0.2.1 25; "},
    };
    for (const Row& row : rows)
        EXPECT_EQ(shown(row.list), row.plan) << row.list;
}

TEST(SmtpNexthop, WhatCannotBeReachedSaysWhy) {
    struct Row {
        std::string_view list;
        std::string_view part;
    };
    const Row rows[] = {
        {"", "no next hop"},
        {"  ", "no next hop"},
        {"relay.example", "host names are not looked up"},
        {"[relay.example]:25", "host names are not looked up"},
        {"[192.0.2.1", "valid hostname or network address required"},
        {"[]", "valid hostname or network address required"},
        {":25", "valid hostname or network address required"},
        {"192.0.2.1]:25", "valid hostname or network address required"},
        {"[192.0.2.1]x", "valid hostname or network address required"},
        {"[192.0.2.1]:no-such", "unknown service"},
        {"[192.0.2.1]:0", "unknown service"},
        {"[192.0.2.1]:65536", "unknown service"},
        {"[192.0.2.1]:-1", "unknown service"},
        {"[192.0.2.256]", "host names are not looked up"},
        {"::1", "valid hostname or network address required"},
        {"[192.0.2.1] relay.example", "192.0.2.1 25; ! "},
    };
    for (const Row& row : rows)
        EXPECT_NE(shown(row.list).find(row.part), std::string::npos)
            << row.list << " gives " << shown(row.list);
}

}  // namespace
