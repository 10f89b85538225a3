// The order of addresses: preference, family, balance, and what lies behind ourselves.
#include "lib/nexthop/address_order.h"

#include <gtest/gtest.h>

#include <set>

#include "lib/base/text.h"

namespace {

// "10:192.0.2.1 20:2001:db8::1"
nexthop::Endpoints endpoints(std::string_view text) {
    nexthop::Endpoints made;
    for (std::string_view word : base::split(text, " ")) {
        size_t colon = word.find(':');
        nexthop::Endpoint each;
        each.preference = *base::number<uint16_t>(word.substr(0, colon));
        each.address = *io::SocketAddress::inet(word.substr(colon + 1), 25);
        each.ip = each.address.ip();
        made.push_back(each);
    }
    return made;
}

std::string shown(const nexthop::Endpoints& list) {
    std::string out;
    for (const nexthop::Endpoint& each : list)
        base::append(out, out.empty() ? "" : " ", each.preference, ":", each.ip);
    return out;
}

TEST(SmtpAddressOrder, ByPreferenceThenFamily) {
    using Preference = nexthop::AddressPreference;
    const char* mixed = "20:192.0.2.9 10:192.0.2.1 10:2001:db8::1 10:192.0.2.2 5:2001:db8::9";
    struct Row {
        Preference family;
        std::string order;
    };
    const Row rows[] = {
        {Preference::any, "5:2001:db8::9 10:192.0.2.1 10:2001:db8::1 10:192.0.2.2 20:192.0.2.9"},
        {Preference::ipv4, "5:2001:db8::9 10:192.0.2.1 10:192.0.2.2 10:2001:db8::1 20:192.0.2.9"},
        {Preference::ipv6, "5:2001:db8::9 10:2001:db8::1 10:192.0.2.1 10:192.0.2.2 20:192.0.2.9"},
    };
    for (const Row& row : rows) {
        nexthop::Endpoints list = endpoints(mixed);
        nexthop::put_in_order(list, row.family);
        EXPECT_EQ(shown(list), row.order);
    }
}

TEST(SmtpAddressOrder, WhatIsNotPreferredToOurselvesIsDropped) {
    const config::OwnAddresses own({"192.0.2.7", "2001:db8::7"});
    struct Row {
        std::string list;
        bool ours;
        std::string left;
    };
    const Row rows[] = {
        {"10:192.0.2.1 20:192.0.2.2", false, "10:192.0.2.1 20:192.0.2.2"},
        {"10:192.0.2.1 20:192.0.2.7 30:192.0.2.3", true, "10:192.0.2.1"},
        {"10:192.0.2.1 20:192.0.2.2 20:2001:db8::7", true, "10:192.0.2.1"},
        {"10:192.0.2.1 10:192.0.2.7 20:192.0.2.3", true, ""},
        {"10:192.0.2.7", true, ""},
    };
    for (const Row& row : rows) {
        nexthop::Endpoints list = endpoints(row.list);
        EXPECT_EQ(nexthop::drop_from_ourselves(list, own), row.ours) << row.list;
        EXPECT_EQ(shown(list), row.left);
    }
}

TEST(SmtpAddressOrder, BothFamiliesKeepPlaces) {
    struct Row {
        std::string list;
        size_t limit;
        std::string left;
    };
    const std::string four = "1:192.0.2.1 1:192.0.2.2 1:192.0.2.3 1:192.0.2.4";
    const std::string six = "1:2001:db8::1 1:2001:db8::2 1:2001:db8::3 1:2001:db8::4";
    const Row rows[] = {
        {four + " " + six, 0, four + " " + six},
        {four, 5, four},
        {four + " " + six, 8, four + " " + six},
        {four + " " + six, 5, "1:192.0.2.1 1:192.0.2.2 1:192.0.2.3 1:2001:db8::1 1:2001:db8::2"},
        {six + " " + four, 5, "1:2001:db8::1 1:2001:db8::2 1:2001:db8::3 1:192.0.2.1 1:192.0.2.2"},
        {four + " " + six, 4, "1:192.0.2.1 1:192.0.2.2 1:2001:db8::1 1:2001:db8::2"},
        {four + " 1:2001:db8::1", 4, "1:192.0.2.1 1:192.0.2.2 1:192.0.2.3 1:2001:db8::1"},
        {"1:192.0.2.1 " + six, 4, "1:192.0.2.1 1:2001:db8::1 1:2001:db8::2 1:2001:db8::3"},
        {"1:2001:db8::9 1:2001:db8::8 " + four, 5,
         "1:2001:db8::9 1:2001:db8::8 1:192.0.2.1 1:192.0.2.2 1:192.0.2.3"},
        {four, 2, four},
        {four + " " + six, 1, "1:192.0.2.1"},
    };
    for (const Row& row : rows) {
        nexthop::Endpoints list = endpoints(row.list);
        nexthop::balance_families(list, row.limit);
        EXPECT_EQ(shown(list), row.left) << row.list << " limit " << row.limit;
    }
}

TEST(SmtpAddressOrder, ShufflingGivesEachItsTurn) {
    nexthop::Random random(17);
    std::set<std::string> first;
    for (int i = 0; i < 100; ++i) {
        nexthop::Endpoints list = endpoints("1:192.0.2.1 1:192.0.2.2 1:192.0.2.3");
        nexthop::shuffle(list, random);
        EXPECT_EQ(list.size(), 3u);
        first.insert(list.front().ip);
    }
    EXPECT_EQ(first.size(), 3u);
}

}  // namespace
