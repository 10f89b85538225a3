// Settings that failover_policy_maps has for one next hop hold for its mail alone.
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

struct NextHopSettings : World {
    config::Settings settings = config::Settings::from(
        config::MainCf::parse(base::text("failover_policy_maps = inline:{{", here, ",", there,
                                         " = connect_hedge_delay=3s}}\n"),
                              "main.cf"),
        "/etc/postfix");
    dict::Tables tables{settings};

    void SetUp() override {
        World::SetUp();
        options.policies = std::make_shared<nexthop::FailoverPolicies>(
            nexthop::FailoverPolicies::of(settings, "smtp", tables));
        dialer.silent = true;
    }
};

TEST_F(NextHopSettings, AreFoundBeforeThePlanIsAsked) {
    deliver({"a@x.example"}, std::string(here) + ", " + there);
    pass(2900ms);
    EXPECT_EQ(dialer.dialled.size(), 1u);
    pass(100ms);
    EXPECT_EQ(dialer.dialled.size(), 2u);
}

TEST_F(NextHopSettings, AreNotThoseOfOthers) {
    deliver({"a@x.example"}, std::string(there) + ", " + here);
    pass(900ms);
    EXPECT_EQ(dialer.dialled.size(), 1u);
    pass(100ms);
    EXPECT_EQ(dialer.dialled.size(), 2u);
}

}  // namespace
}  // namespace smtp_test
