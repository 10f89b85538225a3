// What is a host's name, and what an address, in the mouth of a client.
#include "smtpd/host_name.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace smtpd;

TEST(HostName, HasLabelsOfSomeCharacters) {
    const std::string label(63, 'a');
    for (const std::string& name :
         {std::string("a"), std::string("a.b-c.d_e"), std::string("1a.2"), label + "." + label,
          std::string("xn--bcher-kva.example"), std::string("b\xc3\xbc"), std::string("3com.com")})
        EXPECT_TRUE(valid_host_name(name)) << name;
    for (const std::string& name :
         {std::string(), std::string("."), std::string("a."), std::string(".a"),
          std::string("a..b"), std::string("-a"), std::string("a-"), std::string("a.-b"),
          std::string("a b"), std::string("a!b"), std::string("192.0.2.1"), std::string("1"),
          std::string("[a]"), label + "a", label + "." + label + "." + label + "." + label + ".a"})
        EXPECT_FALSE(valid_host_name(name)) << name;
}

TEST(HostName, AddressesAreNumeric) {
    const struct {
        const char* text;
        bool address, literal;
        const char* inside;
    } rows[] = {
        {"192.0.2.1", true, false, ""},
        {"2001:db8::1", true, false, ""},
        {"192.0.2", false, false, ""},
        {"192.0.2.256", false, false, ""},
        {"", false, false, ""},
        {"[", false, false, ""},
        {"[]", false, false, ""},
        {"[192.0.2.1]", false, true, "192.0.2.1"},
        {"[192.0.2.1", false, false, ""},
        {"192.0.2.1]", false, false, ""},
        {"[IPv6:2001:db8::1]", false, true, "2001:db8::1"},
        {"[ipv6:::1]", false, true, "::1"},
        {"[::1]", false, true, "::1"},
        {"[host.example]", false, false, ""},
        {"[IPv6:]", false, false, ""},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(valid_address(row.text), row.address) << row.text;
        EXPECT_EQ(valid_address_literal(row.text), row.literal) << row.text;
        if (row.literal) {
            EXPECT_EQ(literal_address(row.text), row.inside);
        }
    }
}

}  // namespace
