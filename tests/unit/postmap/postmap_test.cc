#include <gtest/gtest.h>

#include "postmap/alias_source.h"
#include "postmap/message_keys.h"

namespace {

struct Aliased {
    const char* line;
    const char* name;  // null: refused
    const char* value;
};

class AliasLines : public testing::TestWithParam<Aliased> {};

TEST_P(AliasLines, AreTakenApart) {
    testing::internal::CaptureStderr();
    std::optional<postmap::Alias> alias = postmap::parse_alias(GetParam().line, "al, line 1");
    testing::internal::GetCapturedStderr();
    ASSERT_EQ(alias.has_value(), GetParam().name != nullptr);
    if (!alias)
        return;
    EXPECT_EQ(alias->name, GetParam().name);
    EXPECT_EQ(alias->value, GetParam().value);
}

// As Debian's postalias stores them.
INSTANTIATE_TEST_SUITE_P(
    Table, AliasLines,
    testing::Values(
        Aliased{"postmaster:root", "postmaster", "root"},
        Aliased{"Root: admin, \"quo ted\"@x.com ,   other\tcont@x", "Root",
                "admin, \"quo ted\"@x.com, other cont@x"},
        Aliased{"a b: c", "a b", "c"}, Aliased{"\"with space\": v1", "with space", "v1"},
        Aliased{"\"qu\\\"ote\": v2", "qu\"ote", "v2"}, Aliased{"\"a:b\": v2", "a:b", "v2"},
        Aliased{"l: :include:/etc/x, |\"prog arg\", \"|/bin/p \\\"x\\\"\", /var/file", "l",
                ":include:/etc/x, |\"prog arg\", \"|/bin/p \\\"x\\\"\", /var/file"},
        Aliased{"k4: \"a,b\" , c", "k4", "\"a,b\", c"}, Aliased{"k: a,,b,", "k", "a, , b, "},
        Aliased{"k: x y:z . w @ v", "k", "x y:z.w@v"}, Aliased{"k: | cmd a|b", "k", "|cmd a|b"},
        Aliased{"k: name<b@c> d", "k", "name <b@c>d"}, Aliased{"k: <b> <c>", "k", "<b> <c>"},
        Aliased{"k: (c (d)) e [a b", "k", "(c (d)) e [a b]"},
        Aliased{"k: \"a\"b\"c", "k", "\"a\" b \"c\""},
        Aliased{"k: a\\b c\\,d e\\\"f", "k", "ab \"c,d\" \"e\\\"f\""},
        Aliased{"k: \"a\\.b\"", "k", "\"a.b\""}, Aliased{"k: a\\", "k", "a"},
        Aliased{"k . l: v", "k.l", "v"}, Aliased{"\"w\"x y: v", "w x y", "v"},
        Aliased{"a\\b: v", "ab", "v"}, Aliased{"(c) d: v", "(c) d", "v"},
        Aliased{"\"q@d\": v", "q@d", "v"}, Aliased{"a, b: c", nullptr, nullptr},
        Aliased{"(x: v", nullptr, nullptr}, Aliased{"x@dom: v", nullptr, nullptr},
        Aliased{"nocolon x", nullptr, nullptr}, Aliased{": bare", nullptr, nullptr},
        Aliased{"k8: ", nullptr, nullptr}));

std::vector<std::string> keys(const std::string& message, postmap::MessageKeys::Wanted wanted) {
    std::vector<std::string> all;
    postmap::MessageKeys reader(wanted, [&all](const std::string& key) { all.push_back(key); });
    for (size_t begin = 0; begin < message.size();) {
        size_t end = message.find('\n', begin);
        reader.line(message.substr(begin, end - begin));
        begin = end + 1;
    }
    reader.end();
    return all;
}

constexpr const char* multipart =
    "From: a@b\nSubject: one\n  two\nContent-Type: multipart/mixed; boundary=\"xx\"\n\npreamble\n"
    "--xx\nContent-Type: text/plain\n\nbody one\n--xx\nContent-Type: message/rfc822\n\n"
    "Subject: nested\n\nnested body\n--xx--\nepilogue\n";

TEST(MessageKeys, HeadersEndAtTheFirstOtherLine) {
    EXPECT_EQ(keys(multipart, {true, false, false}),
              (std::vector<std::string>{"From: a@b", "Subject: one\n  two",
                                        "Content-Type: multipart/mixed; boundary=\"xx\""}));
    EXPECT_EQ(keys("Subject: y\nnot header\n\nz\n", {true, true, false}),
              (std::vector<std::string>{"Subject: y", "", "not header", "", "z"}));
    EXPECT_EQ(keys("Subject: y\n", {true, true, false}), std::vector<std::string>{"Subject: y"});
}

TEST(MessageKeys, PartsHaveHeadersWithMime) {
    EXPECT_EQ(
        keys(multipart, {true, false, true}),
        (std::vector<std::string>{
            "From: a@b", "Subject: one\n  two", "Content-Type: multipart/mixed; boundary=\"xx\"",
            "Content-Type: text/plain", "Content-Type: message/rfc822", "Subject: nested"}));
    EXPECT_EQ(keys(multipart, {false, true, true}),
              (std::vector<std::string>{"", "preamble", "--xx", "", "body one", "--xx", "", "",
                                        "nested body", "--xx--", "epilogue"}));
}

TEST(MessageKeys, BodyHasEveryLineWithoutMime) {
    std::vector<std::string> body = keys(multipart, {false, true, false});
    ASSERT_EQ(body.size(), 14u);
    EXPECT_EQ(body[3], "Content-Type: text/plain");
}

}  // namespace
