#include "lib/config/main_cf.h"

#include <gtest/gtest.h>

#include "lib/base/error.h"
#include "lib/config/error.h"

namespace {

using config::MainCf;

struct Good {
    const char* text;
    const char* name;
    const char* value;
    const char* where;
};

class MainGoodLines : public testing::TestWithParam<Good> {};

TEST_P(MainGoodLines, Parse) {
    MainCf main_cf = MainCf::parse(GetParam().text, "main.cf");
    const config::Setting* setting = main_cf.find(GetParam().name);
    ASSERT_NE(setting, nullptr);
    EXPECT_EQ(setting->value, GetParam().value);
    EXPECT_EQ(setting->where, GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MainGoodLines,
    testing::Values(
        Good{"a = b", "a", "b", "main.cf, line 1"}, Good{"a=b\n", "a", "b", "main.cf, line 1"},
        Good{"a =\n", "a", "", "main.cf, line 1"},
        Good{"a\t=  b c \t\n", "a", "b c", "main.cf, line 1"},
        Good{"a = b = c # d\n", "a", "b = c # d", "main.cf, line 1"},
        Good{"# x\n\n  # y\na = b\n", "a", "b", "main.cf, line 4"},
        Good{"a = b,\n  c,\n\td \n", "a", "b,  c,\td", "main.cf, line 1"},
        Good{"a =\n  b\n", "a", "b", "main.cf, line 1"},
        Good{"a = b\n# x\n\n  c\n", "a", "b  c", "main.cf, line 1"},
        Good{"a = b\n   # c\n", "a", "b", "main.cf, line 1"},
        Good{"a = b\r\nc = d\r\n", "c", "d", "main.cf, line 2"},
        Good{"2bounce_notice_recipient = x", "2bounce_notice_recipient", "x", "main.cf, line 1"},
        Good{"smtp-amavis_time_limit = 1s", "smtp-amavis_time_limit", "1s", "main.cf, line 1"},
        Good{"a = $b ${c} \xc3\xa9", "a", "$b ${c} \xc3\xa9", "main.cf, line 1"},
        Good{"a = 1\na = 2\n", "a", "2", "main.cf, line 2"}));

struct Bad {
    const char* text;
    const char* problem;
};

class MainBadLines : public testing::TestWithParam<Bad> {};

TEST_P(MainBadLines, SayWhereAndWhatWasExpected) {
    try {
        MainCf::parse(GetParam().text, "/etc/postfix/main.cf");
        FAIL() << "accepted";
    } catch (const config::Error& error) {
        EXPECT_STREQ(error.what(), GetParam().problem);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MainBadLines,
    testing::Values(
        Bad{"myhostname",
            "/etc/postfix/main.cf, line 1: expected \"name = value\", found "
            "\"myhostname\""},
        Bad{"# c\n= b", "/etc/postfix/main.cf, line 2: expected \"name = value\", found \"= b\""},
        Bad{"a b = c",
            "/etc/postfix/main.cf, line 1: expected \"name = value\", found \"a b = c\""},
        Bad{"$a = c", "/etc/postfix/main.cf, line 1: expected \"name = value\", found \"$a = c\""},
        Bad{"\xc3\xa4 = c",
            "/etc/postfix/main.cf, line 1: expected \"name = value\", found \"?? = c\""},
        Bad{"  a = b",
            "/etc/postfix/main.cf, line 1: expected a setting at the start of the line, found a "
            "continuation line with nothing before it"},
        Bad{"a = b\x01", "/etc/postfix/main.cf, line 1: expected text, found a control character"},
        Bad{"a = 1\nb\nc = 2\nd\n",
            "/etc/postfix/main.cf, line 2: expected \"name = value\", found \"b\"\n"
            "/etc/postfix/main.cf, line 4: expected \"name = value\", found \"d\""}));

TEST(MainCf, RefusesNulInTheMiddle) {
    EXPECT_THROW(MainCf::parse(std::string_view("a = b\0c\n", 8), "main.cf"), config::Error);
}

TEST(MainCf, SecondSettingWarns) {
    MainCf main_cf = MainCf::parse("a = 1\nb = 2\na = 3\n", "main.cf");
    EXPECT_EQ(main_cf.warnings(),
              std::vector<std::string>{"main.cf, line 3: overriding earlier entry: a=1"});
    EXPECT_EQ(main_cf.settings().size(), 2u);
    EXPECT_EQ(main_cf.find("c"), nullptr);
}

TEST(MainCf, UnreadableFileNamesThePath) {
    try {
        MainCf::read("/no/such/main.cf");
        FAIL();
    } catch (const base::SystemError& error) {
        EXPECT_STREQ(error.what(), "open /no/such/main.cf: No such file or directory");
    }
    EXPECT_THROW(MainCf::read("/"), base::SystemError);
}

}  // namespace
