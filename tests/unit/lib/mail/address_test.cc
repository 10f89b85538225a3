// Addresses: reading, quoting, and the paths of MAIL and RCPT.
#include <gtest/gtest.h>

#include <cstring>

#include "lib/mail/address.h"

namespace {

TEST(MailAddress, QuotesOnlyWhatMustBe) {
    struct Row {
        const char *local, *external;
    };
    for (const auto& row : std::initializer_list<Row>{{"a.b", "a.b"},
                                                      {"a b", "\"a b\""},
                                                      {"a\"b\\c", "\"a\\\"b\\\\c\""},
                                                      {".a", "\".a\""},
                                                      {"a..b", "\"a..b\""},
                                                      {"a@b", "\"a@b\""},
                                                      {"a+b=c/d", "a+b=c/d"},
                                                      {"j\xc3\xb6rg", "j\xc3\xb6rg"}})
        EXPECT_EQ(mail::quoted_local(row.local), row.external);
}

TEST(MailAddress, ReadsPaths) {
    struct Row {
        const char *text, *address, *rest;
    };
    const Row rows[] = {
        {"<>", "", ""},
        {"<> SIZE=1", "", " SIZE=1"},
        {"<a@b.c>", "a@b.c", ""},
        {"<a@b.c> BODY=8BITMIME", "a@b.c", " BODY=8BITMIME"},
        {"a@b.c", "a@b.c", ""},
        {"a@b.c SIZE=3", "a@b.c", " SIZE=3"},
        {"<@x,@y:a@b.c>", "a@b.c", ""},
        {"<\"a b\"@c>", "\"a b\"@c", ""},
        {"<\"plain\"@c>", "plain@c", ""},
        {"<a\\@b@c>", "\"a@b\"@c", ""},
        {"<a@[192.0.2.1]>", "a@[192.0.2.1]", ""},
        {"<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", ""},
        {"<postmaster>", "postmaster", ""},
        {"<a..b@c>", "\"a..b\"@c", ""},
        {"< a@b >", "a@b", ""},
        {"<\">\"@c>", "\">\"@c", ""},
    };
    for (const auto& row : rows) {
        auto path = mail::parse_path(row.text);
        ASSERT_TRUE(path) << row.text;
        EXPECT_EQ(path->address, row.address);
        EXPECT_EQ(path->rest, row.rest);
    }
}

TEST(MailAddress, RefusesMalformedPaths) {
    for (auto bad : {"",
                     "<",
                     "<a",
                     "<a@b",
                     "<@b>",
                     "<a@>",
                     "<a@b>x",
                     "<a b@c>",
                     "<\"a@b>",
                     "<a@b@c>",
                     "<a@b..c>",
                     "<a@-b>",
                     "<a@b-.c>",
                     "<a@[1.2.3.4>",
                     "<a@[1.2.3]>",
                     "<a@[::1]>",
                     "<a@[IPv6:1.2.3.4]>",
                     "<a@b c>",
                     "<a@[]>",
                     "<a\x01@b>",
                     "<a@b\x7f>",
                     "<<a@b>>",
                     "<a@b>>",
                     "<\\",
                     "<@a:>",
                     "<@a>",
                     "<a@b\r>",
                     "<a\nb@c>",
                     "<a,b@c>",
                     "<a@b,c>",
                     "<a;b@c>"})
        EXPECT_FALSE(mail::parse_path(bad)) << bad;
    EXPECT_FALSE(mail::parse_path(std::string_view("<a\0@b>", 6)));
    EXPECT_FALSE(mail::parse_path(std::string_view("<a@[1.2.3.4\0]>", 14)));
    EXPECT_FALSE(mail::parse_path("<" + std::string(2000, 'a') + "@b>"));
    EXPECT_FALSE(mail::parse_path("<a@" + std::string(64, 'a') + ".b>"));
}

TEST(MailAddress, FindsTheDomain) {
    EXPECT_EQ(mail::domain_of("a@b.c"), "b.c");
    EXPECT_EQ(mail::domain_of("\"a@x\"@b.c"), "b.c");
    EXPECT_EQ(mail::domain_of("a"), "");
    EXPECT_EQ(mail::local_of("\"a@x\"@b.c"), "\"a@x\"");
    EXPECT_EQ(mail::local_of("a"), "a");
}

TEST(MailAddress, ExternalFormsReadBack) {
    for (auto external : {"a@b", "\"a b\"@c.d", "\"a\\\"b\"@c", "x"}) {
        auto mailbox = mail::Mailbox::parse(external);
        ASSERT_TRUE(mailbox) << external;
        EXPECT_EQ(mailbox->external(), external);
    }
    EXPECT_FALSE(mail::Mailbox::parse("a@b "));
    EXPECT_FALSE(mail::Mailbox::parse(""));
}

}  // namespace
