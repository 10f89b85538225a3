// What clients are counted as: networks by the prefix lengths of main.cf.
#include "smtpd/client_limits.h"

#include <gtest/gtest.h>

namespace {

TEST(CountedNetwork, HasTheFirstBitsOfTheAddress) {
    const struct {
        const char* address;
        unsigned bits;
        const char* network;
    } rows[] = {
        {"192.0.2.77", 32, "192.0.2.77"},
        {"192.0.2.77", 24, "192.0.2.0/24"},
        {"192.0.2.77", 27, "192.0.2.64/27"},
        {"192.0.2.77", 0, "0.0.0.0/0"},
        {"2001:db8:1:2:3:4:5:6", 128, "2001:db8:1:2:3:4:5:6"},
        {"2001:db8:1:2:3:4:5:6", 84, "2001:db8:1:2:3::/84"},
        {"2001:db8:1:2:3:4fff:5:6", 84, "2001:db8:1:2:3:4000::/84"},
        {"2001:db8::1", 64, "2001:db8::/64"},
        {"unknown", 8, "unknown"},
    };
    for (const auto& row : rows) {
        smtpd::ClientLimits limits;
        limits.ipv4_bits = limits.ipv6_bits = row.bits;
        EXPECT_EQ(smtpd::counted_network(row.address, limits), row.network);
    }
}

}  // namespace
