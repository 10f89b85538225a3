// resolv.conf: what is taken from it, what is passed over, which names a short one stands for.
#include "lib/dns/resolv_conf.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"

namespace {

using namespace std::chrono_literals;
using dns::ResolvConf;

std::string servers(const ResolvConf& conf) {
    std::string all;
    for (const auto& each : conf.servers)
        base::append(all, all.empty() ? "" : " ", each.ip(), "#", each.port());
    return all;
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& each : names)
        base::append(all, all.empty() ? "" : " ", each);
    return all;
}

TEST(ResolvConf, Servers) {
    EXPECT_EQ(servers(ResolvConf::parse("")), "127.0.0.1#53");
    EXPECT_EQ(servers(ResolvConf::parse("# nameserver 192.0.2.9\nnameserver\t192.0.2.1 # mine\n"
                                        ";nameserver 192.0.2.8\nnameserver nonsense\n"
                                        "nameserver 2001:db8::1\nnameserver 192.0.2.2\n"
                                        "nameserver 192.0.2.3")),
              "192.0.2.1#53 2001:db8::1#53 192.0.2.2#53");
}

TEST(ResolvConf, OptionsHaveBounds) {
    ResolvConf usual = ResolvConf::parse("");
    EXPECT_EQ(usual.timeout, base::Duration(5s));
    EXPECT_EQ(usual.attempts, 2u);
    EXPECT_EQ(usual.ndots, 1u);
    ResolvConf conf =
        ResolvConf::parse("options timeout:1 attempts:3 ndots:2 edns0 rotate\noptions attempts:x");
    EXPECT_EQ(conf.timeout, base::Duration(1s));
    EXPECT_EQ(conf.attempts, 3u);
    EXPECT_EQ(conf.ndots, 2u);
    EXPECT_TRUE(conf.rotate);
    EXPECT_FALSE(conf.use_vc);
    EXPECT_TRUE(ResolvConf::parse("options use-vc").use_vc);
    conf = ResolvConf::parse("options timeout:0 attempts:99 ndots:99");
    EXPECT_EQ(conf.timeout, base::Duration(1s));
    EXPECT_EQ(conf.attempts, 5u);
    EXPECT_EQ(conf.ndots, 15u);
}

TEST(ResolvConf, ShortNamesAreSearchedFor) {
    struct Row {
        const char* text;
        const char* host;
        const char* name;
        const char* names;
    };
    const Row rows[] = {
        {"", "mail.example.org", "relay", "relay.example.org relay"},
        {"", "mail", "relay", "relay"},
        {"search A.example b.example.", "mail.example.org", "relay",
         "relay.a.example relay.b.example relay"},
        {"search a.example", "", "relay.x", "relay.x relay.x.a.example"},
        {"search a.example\noptions ndots:2", "", "relay.x", "relay.x.a.example relay.x"},
        {"search a.example", "", "Relay.", "relay"},
        {"search a.example\ndomain b.example", "", "relay", "relay.b.example relay"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(joined(ResolvConf::parse(row.text, row.host).candidates(row.name)), row.names)
            << row.text << ' ' << row.name;
}

TEST(ResolvConf, LessMayBeSearchedFor) {
    ResolvConf conf = ResolvConf::parse("search a.example b.example");
    EXPECT_EQ(joined(conf.candidates("relay", {true, false})), "relay.a.example relay");
    EXPECT_EQ(joined(conf.candidates("relay.x", {true, false})), "relay.x");
    EXPECT_EQ(joined(conf.candidates("relay", {false, true})),
              "relay.a.example relay.b.example relay");
    EXPECT_EQ(joined(conf.candidates("relay.x", {false, true})),
              "relay.x relay.x.a.example relay.x.b.example");
    EXPECT_EQ(joined(conf.candidates("relay", {})), "relay");
}

}  // namespace
