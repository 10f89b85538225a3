#include "smtpd/access_keys.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "smtpd/host_name.h"

namespace {

// Keys joined by spaces; those that tables of patterns do not see in brackets.
std::string listed(const smtpd::AccessKeys& keys) {
    std::string out;
    for (const auto& key : keys) {
        bool part = key.kind == dict::Key::part;
        base::append(out, out.empty() ? "" : " ", part ? "(" : "", key.text, part ? ")" : "");
    }
    return out;
}

TEST(AccessKeys, OfNames) {
    EXPECT_EQ(listed(smtpd::name_keys("a.b.example", true)), "a.b.example (b.example) (example)");
    EXPECT_EQ(listed(smtpd::name_keys("a.b.example", false)),
              "a.b.example (.b.example) (.example)");
    EXPECT_EQ(listed(smtpd::name_keys("unknown", true)), "unknown");
    EXPECT_EQ(listed(smtpd::name_keys("192.0.2.1", true)), "192.0.2.1");
    EXPECT_EQ(listed(smtpd::name_keys("", true)), "");
}

TEST(AccessKeys, OfAddresses) {
    EXPECT_EQ(listed(smtpd::address_keys("192.0.2.1")), "192.0.2.1 (192.0.2) (192.0) (192)");
    EXPECT_EQ(listed(smtpd::address_keys("2001:db8:0:1::5")),
              "2001:db8:0:1::5 (2001:db8:0:1) (2001:db8:0) (2001:db8) (2001)");
    EXPECT_EQ(listed(smtpd::address_keys("::1")), "::1");
}

TEST(AccessKeys, OfMailAddresses) {
    smtpd::AccessOptions options;
    EXPECT_EQ(listed(smtpd::mail_keys("u@a.example", options)),
              "u@a.example (a.example) (example) (u@)");
    EXPECT_EQ(listed(smtpd::mail_keys("u+x@a.example", options)),
              "u+x@a.example (a.example) (example) (u+x@)");
    options.extensions.delimiters = "+";
    options.parents_match = false;
    EXPECT_EQ(listed(smtpd::mail_keys("u+x@a.example", options)),
              "u+x@a.example (u@a.example) (a.example) (.example) (u+x@) (u@)");
    EXPECT_EQ(listed(smtpd::mail_keys("\"a b\"@a.example", options)),
              "\"a b\"@a.example a b@a.example (a.example) (.example) (\"a b\"@)");
    EXPECT_EQ(listed(smtpd::mail_keys("u@[192.0.2.1]", options)),
              "u@[192.0.2.1] ([192.0.2.1]) (u@)");
    EXPECT_EQ(listed(smtpd::mail_keys("bare", options)), "bare");
}

TEST(HostName, IsValid) {
    for (const char* name :
         {"a", "a.example", "a-b.example", "a_b", "1a.example", "xn--a.example", "1.2.3.4.example"})
        EXPECT_TRUE(smtpd::valid_host_name(name)) << name;
    for (const char* name : {"", ".", "a.", ".a", "a..b", "-a", "a-.b", "a b", "192.0.2.1", "1",
                             "a@b", "[192.0.2.1]", "a:b"})
        EXPECT_FALSE(smtpd::valid_host_name(name)) << name;
    EXPECT_TRUE(smtpd::valid_host_name(std::string(63, 'x') + ".y"));
    EXPECT_FALSE(smtpd::valid_host_name(std::string(64, 'x') + ".y"));
}

TEST(HostName, AddressLiterals) {
    for (const char* text : {"[192.0.2.1]", "[IPv6:2001:db8::1]", "[ipv6:::1]"})
        EXPECT_TRUE(smtpd::valid_address_literal(text)) << text;
    for (const char* text : {"", "[", "[]", "192.0.2.1", "[192.0.2.256]", "[192.0.2.1", "[x]"})
        EXPECT_FALSE(smtpd::valid_address_literal(text)) << text;
}

}  // namespace
