// What mynetworks_style makes of the addresses of a machine.
#include "lib/config/own_networks.h"

#include <gtest/gtest.h>

#include "lib/config/error.h"

namespace {

using config::OwnAddress;

TEST(OwnNetworks, FollowTheStyle) {
    std::vector<OwnAddress> addresses = {
        {"127.0.0.1", 8}, {"192.0.2.77", 26}, {"192.0.2.78", 26},  {"172.16.1.1", 30},
        {"10.1.2.3", 24}, {"::1", 128},       {"2001:db8::5", 64}, {"fe80::1", 64}};
    EXPECT_EQ(config::own_networks(addresses, "subnet"),
              "127.0.0.0/8 192.0.2.64/26 172.16.1.0/30 10.1.2.0/24 [::1]/128 [2001:db8::]/64 "
              "[fe80::]/64");
    EXPECT_EQ(config::own_networks(addresses, "class"),
              "127.0.0.0/8 192.0.2.0/24 172.16.0.0/16 10.0.0.0/8 [::1]/128 [2001:db8::]/64 "
              "[fe80::]/64");
    EXPECT_EQ(config::own_networks(addresses, "host"),
              "127.0.0.1/32 192.0.2.77/32 192.0.2.78/32 172.16.1.1/32 10.1.2.3/32 [::1]/128 "
              "[2001:db8::5]/128 [fe80::1]/128");
    EXPECT_EQ(config::own_networks({}, "host"), "");
    EXPECT_THROW(config::own_networks(addresses, "all"), config::Error);
}

TEST(OwnNetworks, AddressesAreThoseOfTheInterfacesNamed) {
    auto texts = [](const std::vector<std::string>& interfaces,
                    const std::vector<std::string>& protocols) {
        std::string text;
        for (const OwnAddress& own : config::own_addresses(interfaces, protocols))
            text += own.address + ' ';
        return text;
    };
    EXPECT_EQ(texts({"loopback-only"}, {"ipv4"}), "127.0.0.1 ");
    EXPECT_EQ(texts({"127.0.0.1", "[::1]"}, {"all"}), "127.0.0.1 ::1 ");
    EXPECT_EQ(texts({"127.0.0.1", "[::1]"}, {"ipv6"}), "::1 ");
    EXPECT_EQ(texts({"192.0.2.250"}, {"ipv4", "ipv6"}), "192.0.2.250 ");
    EXPECT_NE(texts({"all"}, {"all"}).find("127.0.0.1 "), std::string::npos);
    EXPECT_EQ(texts({}, {"all"}), "");
    EXPECT_THROW(config::own_addresses({"no such host"}, {"all"}), config::Error);
}

}  // namespace
