// Where mail goes: the relayhost list and what becomes of an empty one.
#include "lib/route/relay.h"

#include <gtest/gtest.h>

namespace {

TEST(Route, ReadsRelayhost) {
    struct Row {
        const char *text, *normal;
    };
    for (const auto& row :
         std::initializer_list<Row>{{"", ""},
                                    {"[192.0.2.1]:2525", "[192.0.2.1]:2525"},
                                    {"[192.0.2.1]", "[192.0.2.1]:25"},
                                    {"[2001:db8::1]:26", "[2001:db8::1]:26"},
                                    {"[192.0.2.1]:submission", "[192.0.2.1]:587"},
                                    {"[ipv6:2001:db8::1]", "[2001:db8::1]:25"},
                                    {"[192.0.2.1]:1,[192.0.2.2]:2  [192.0.2.3]",
                                     "[192.0.2.1]:1, [192.0.2.2]:2, [192.0.2.3]:25"}})
        EXPECT_EQ(route::parse_relayhost(row.text), row.normal) << row.text;
}

TEST(Route, RefusesWhatIsNoListOfAddresses) {
    for (auto bad : {"relay.example.com", "[relay.example.com]", "192.0.2.1",
                     "[192.0.2.1]:", "[192.0.2.1]:0", "[192.0.2.1]:65536", "[192.0.2.1]:imap",
                     "[192.0.2.1", "[]", "[192.0.2.1]x", "[192.0.2.1] : 25"})
        EXPECT_FALSE(route::parse_relayhost(bad)) << bad;
}

TEST(Route, SendsEverythingToTheRelay) {
    route::Options options{"[192.0.2.1]:25", "smtp"};
    auto found = route::route(options, "a@b");
    EXPECT_EQ(std::get<route::Route>(found), (route::Route{"smtp", "[192.0.2.1]:25"}));
    options.relayhost.clear();
    auto none = std::get<route::Unroutable>(route::route(options, "a@b"));
    EXPECT_EQ(none.dsn.klass, 4);
    EXPECT_EQ(none.reason, "no relayhost is set for <a@b>");
}

}  // namespace
