#include "lib/config/networks.h"

#include <gtest/gtest.h>

#include "lib/config/error.h"
#include "lib/config/values.h"

namespace {

using config::Networks;

struct Match {
    const char* patterns;
    const char* address;
    bool contained;
};

class NetworkMatches : public testing::TestWithParam<Match> {};

TEST_P(NetworkMatches, FirstPatternDecides) {
    Networks networks = Networks::parse(config::parse_list(GetParam().patterns));
    EXPECT_EQ(networks.contains(GetParam().address), GetParam().contained);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NetworkMatches,
    testing::Values(
        Match{"127.0.0.0/8 [::1]/128", "127.0.0.1", true},
        Match{"127.0.0.0/8 [::1]/128", "127.255.255.255", true},
        Match{"127.0.0.0/8 [::1]/128", "128.0.0.1", false},
        Match{"127.0.0.0/8 [::1]/128", "::1", true}, Match{"127.0.0.0/8 [::1]/128", "::2", false},
        Match{"127.0.0.0/8", "::ffff:127.0.0.1", true}, Match{"127.0.0.0/8", "::127.0.0.1", false},
        Match{"127.0.0.0/8", "::1", false}, Match{"192.0.2.1", "192.0.2.1", true},
        Match{"192.0.2.1", "192.0.2.2", false}, Match{"192.0.2.128/25", "192.0.2.127", false},
        Match{"192.0.2.128/25", "192.0.2.200", true}, Match{"192.0.2.4/31", "192.0.2.5", true},
        Match{"192.0.2.4/31", "192.0.2.6", false}, Match{"0.0.0.0/0", "203.0.113.9", true},
        Match{"0.0.0.0/0", "2001:db8::1", false}, Match{"[::]/0", "2001:db8::1", true},
        Match{"[2001:db8::]/33", "2001:db8:7fff::1", true},
        Match{"[2001:db8::]/33", "2001:db8:8000::1", false},
        Match{"[2001:db8::1]", "2001:DB8:0::1", true},
        Match{"!192.0.2.1, 192.0.2.0/24", "192.0.2.1", false},
        Match{"!192.0.2.1, 192.0.2.0/24", "192.0.2.2", true},
        Match{"192.0.2.0/24, !192.0.2.1", "192.0.2.1", true},
        Match{"![2001:db8::]/48 [2001:db8::]/32", "2001:db8::1", false},
        Match{"", "127.0.0.1", false}, Match{"0.0.0.0/0", "", false},
        Match{"0.0.0.0/0", "unknown", false}, Match{"0.0.0.0/0", "127.0.0.1 ", false}));

struct Bad {
    const char* pattern;
    const char* problem;
};

class NetworkBadPatterns : public testing::TestWithParam<Bad> {};

TEST_P(NetworkBadPatterns, SayWhatWasExpected) {
    try {
        Networks::parse({GetParam().pattern});
        FAIL() << "accepted";
    } catch (const config::Error& error) {
        EXPECT_STREQ(error.what(), GetParam().problem);
    }
}

#define FORMS                                                                           \
    "expected an address or network such as 192.0.2.1, 192.0.2.0/24, [2001:db8::1] or " \
    "[2001:db8::]/32, found "

INSTANTIATE_TEST_SUITE_P(
    Table, NetworkBadPatterns,
    testing::Values(
        Bad{"/etc/postfix/networks",
            "expected addresses in main.cf itself (files of patterns are not built yet), found "
            "\"/etc/postfix/networks\""},
        Bad{"hash:/etc/postfix/networks", FORMS "\"hash:/etc/postfix/networks\""},
        Bad{"mail.example.org", FORMS "\"mail.example.org\""},
        Bad{"192.0.2.0/24/8", "expected a prefix length from 0 to 32, found \"192.0.2.0/24/8\""},
        Bad{"192.0.2.0/33", "expected a prefix length from 0 to 32, found \"192.0.2.0/33\""},
        Bad{"192.0.2.0/", "expected a prefix length from 0 to 32, found \"192.0.2.0/\""},
        Bad{"[::]/129", "expected a prefix length from 0 to 128, found \"[::]/129\""},
        Bad{"192.0.2.1/24",
            "expected no bits behind the prefix (as in 192.0.2.0/24), found \"192.0.2.1/24\""},
        Bad{"[2001:db8::1]/32",
            "expected no bits behind the prefix (as in [2001:db8::]/32), found "
            "\"[2001:db8::1]/32\""},
        Bad{"2001:db8::/32", "expected an IPv6 address in brackets, found \"2001:db8::/32\""},
        Bad{"[192.0.2.1", FORMS "\"[192.0.2.1\""}, Bad{"192.0.2", FORMS "\"192.0.2\""},
        Bad{"!", FORMS "\"!\""}, Bad{"[]", FORMS "\"[]\""}));

TEST(Networks, NamesEveryBadPattern) {
    try {
        Networks::parse({"127.0.0.1", "x", "y"});
        FAIL();
    } catch (const config::Error& error) {
        EXPECT_EQ(error.problems().size(), 2u);
    }
}

}  // namespace
