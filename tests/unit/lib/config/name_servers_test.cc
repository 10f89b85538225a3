// resolver_nameservers, element by element.
#include "lib/config/name_servers.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace {

std::string parsed(const std::string& text) {
    try {
        auto servers = config::parse_name_servers({text});
        return base::text(servers.at(0).ip(), '#', servers.at(0).port());
    } catch (const config::Error& error) {
        return error.what();
    }
}

TEST(NameServersParameter, Elements) {
    struct Row {
        const char* text;
        const char* server;
    };
    const Row good[] = {
        {"192.0.2.1", "192.0.2.1#53"},        {"192.0.2.1:5353", "192.0.2.1#5353"},
        {"2001:db8::1", "2001:db8::1#53"},    {"[2001:db8::1]", "2001:db8::1#53"},
        {"[2001:db8::1]:5", "2001:db8::1#5"}, {"[192.0.2.1]:65535", "192.0.2.1#65535"},
    };
    for (const Row& row : good)
        EXPECT_EQ(parsed(row.text), row.server);
    for (const char* bad : {"ns.example.org", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536",
                            "192.0.2.1:53x", "192.0.2.1:-1", "192.0.2", "[2001:db8::1", "[]:53",
                            "2001:db8::1]:53", ":53", "[", "192.0.2.1:domain"})
        EXPECT_EQ(parsed(bad),
                  base::text("expected an address or address:port, found \"", bad, '"'));
}

TEST(NameServersParameter, AllProblemsAreNamed) {
    try {
        config::parse_name_servers({"a", "192.0.2.1", "b"});
        FAIL();
    } catch (const config::Error& error) {
        EXPECT_EQ(error.problems().size(), 2u);
    }
    EXPECT_TRUE(config::parse_name_servers({}).empty());
}

}  // namespace
