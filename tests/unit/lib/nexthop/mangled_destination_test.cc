// Mangled next hops and failover settings: whatever they hold, mail knows where it stands.
#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/nexthop/failover_settings.h"
#include "tests/unit/mangled.h"

namespace {

using Kind = nexthop::Destination::Kind;

std::string mangled(std::string_view text, std::mt19937& random) {
    constexpr std::string_view bytes{"[]:;=,. 0a-_{}\t\0\x80", 18};
    return mangling::mangled(text, bytes, 5, random);
}

TEST(MangledDestinations, AreUsableOrSayWhyNot) {
    nexthop::DestinationRules rules;
    rules.transport = "smtp";
    rules.services = config::ServicePorts("smtp=25, submission=587", "main.cf", "/nonexistent");
    std::mt19937 random(31);
    int usable = 0, unusable = 0;
    for (int round = 0; round < 4000; round++) {
        rules.lmtp = round % 2 == 0;
        std::string list = mangled(
            "[a.example]:587;weight=3, smtp:b.example:[2001:db8::1]:25;priority=2 "
            "unix:/run/x",
            random);
        std::vector<nexthop::Destination> found = nexthop::parse_destinations(list, rules);
        EXPECT_GE(found.size(), base::split(list, ", \t\r\n").size()) << list;
        for (const nexthop::Destination& each : found) {
            bool good = each.kind != Kind::unusable;
            (good ? usable : unusable)++;
            EXPECT_EQ(good, each.defect.empty()) << list;
            EXPECT_TRUE(!good || !each.host.empty()) << list;
            EXPECT_TRUE(!good || each.kind == Kind::socket || each.port != 0) << list;
            EXPECT_EQ(each.text.find(';'), each.text.npos) << list;
        }
    }
    EXPECT_GT(usable, 1000);
    EXPECT_GT(unusable, 1000);
}

TEST(MangledFailoverSettings, AreTakenOrRefused) {
    std::mt19937 random(32);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
        try {
            static_cast<void>(nexthop::FailoverSettings().with(mangled(
                "policy=sticky open_time=10s, { reply_filter = pcre:/a, pcre:/b }", random)));
        } catch (const config::Error& error) {
            EXPECT_FALSE(error.problems().empty());
            refused++;
        }
    }
    EXPECT_GT(refused, 200);
    EXPECT_LT(refused, 2000);
}

}  // namespace
