// Expansion: every form of a reference, as Postfix's postconf -x answers it.
#include "lib/config/expand.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"

namespace {

std::string value_of(std::string_view name) {
    return name == "u" ? "hello" : name == "level" ? "3.6" : "";
}

struct Good {
    const char* text;
    const char* value;
};

class GoodExpansions : public testing::TestWithParam<Good> {};

TEST_P(GoodExpansions, Expand) {
    EXPECT_EQ(config::expand(GetParam().text, value_of), GetParam().value) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodExpansions,
    testing::Values(Good{"a $u b", "a hello b"}, Good{"${u}", "hello"}, Good{"$(u)", "hello"},
                    Good{"${ u }", "hello"}, Good{"$u.$u", "hello.hello"}, Good{"$u-x", "hello-x"},
                    Good{"$$u", "$u"}, Good{"5$$", "5$"}, Good{"$none|${none}", "|"},
                    Good{"${u?x y}", "x y"}, Good{"${u:x}", ""}, Good{"${n?x}", ""},
                    Good{"${n:x y}", "x y"}, Good{"${u?{a}:{b}}", "a"}, Good{"${n?{a}:{b}}", "b"},
                    Good{"${u ? {a} : {b}}", "a"}, Good{"${u?{ a }:{ b }}", "a"},
                    Good{"${u? {x} }", "x"}, Good{"${u?  x }", "x"}, Good{"${u?{a}:b}", "a"},
                    Good{"${u?a:b}", "a:b"}, Good{"${n?a:b}", ""},
                    Good{"${u?}|${u:}|${u?{}}", "||"}, Good{"${n?{a}:}", ""},
                    Good{"$(u?{a}:{b})", "a"}, Good{"${u?(x)}", "(x)"}, Good{"${u?x}y}", "xy}"},
                    Good{"${u?$u$u}", "hellohello"}, Good{"${u?{$u}}", "hello"},
                    Good{"${u?{${n?{1}:{2}}}:{3}}", "2"}, Good{"${n:${n:${n:deep}}}", "deep"}));

INSTANTIATE_TEST_SUITE_P(
    Comparisons, GoodExpansions,
    testing::Values(
        Good{"${{a} == {a} ? {x} : {y}}", "x"}, Good{"${{a}=={a}?{x}:{y}}", "x"},
        Good{"${{10} < {9} ? {x} : {y}}", "y"}, Good{"${{a10} < {a9} ? {x} : {y}}", "x"},
        Good{"${{ a } == {a} ? {x} : {y}}", "y"}, Good{"${{a} != {b} ? {x}}", "x"},
        Good{"${{a} == {b} ? {x}}", ""}, Good{"${{a} == {b}}", ""}, Good{"${{a} == {a}}", "true"},
        Good{"${{a} == {b} : {x}}", "x"}, Good{"${{} == {} ? {x} : {y}}", "x"},
        Good{"${{5} <= {5} ? {x} : {y}}", "x"}, Good{"${{5} >= {6} ? {x} : {y}}", "y"},
        Good{"${{6} > {5} ? {x} : {y}}", "x"}, Good{"${{005} == {5} ? {x} : {y}}", "x"},
        Good{"${{-1} < {1} ? {x} : {y}}", "x"}, Good{"${{1.5} < {1.10} ? {x} : {y}}", "y"},
        Good{"${{9x} < {10} ? {x} : {y}}", "y"}, Good{"${{$u} == {hello} ? {x} : {y}}", "x"},
        Good{"${{\"a b\"} == {a b} ? {x} : {y}}", "y"},
        Good{"${{3.10} <level {3.9} ? {x} : {y}}", "y"},
        Good{"${{3.6} ==level {3.6.0} ? {x} : {y}}", "x"},
        Good{"${{3.6.1} >level {3.6} ? {x} : {y}}", "x"},
        Good{"${{3} !=level {3.0.1} ? {x} : {y}}", "x"},
        Good{"${{$level} <=level {3.6} ? {x} : {y}}", "x"},
        Good{"${{$level} >=level {3.6} ? {x} : {y}}", "x"},
        Good{"${{2000} <level {3.6} ? {x} : {y}}", "y"},
        Good{"${domain_to_ascii{Example.$u}}", "example.hello"}, Good{"${domain_to_ascii{}}", ""},
        Good{"${domain_to_ascii{B\303\274cher.Example}}", "xn--bcher-kva.example"},
        Good{"${domain_to_ascii{.b\303\274cher.example}}", ".xn--bcher-kva.example"}));

struct Bad {
    const char* text;
    const char* problem;
};

class BadExpansions : public testing::TestWithParam<Bad> {};

TEST_P(BadExpansions, SayWhatWasExpected) {
    try {
        config::expand(GetParam().text, value_of);
        FAIL() << "accepted";
    } catch (const config::BadExpansion& error) {
        EXPECT_STREQ(error.what(), GetParam().problem);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadExpansions,
    testing::Values(
        Bad{"x$", "expected $name, ${name}, $(name) or $$ at \"$\""},
        Bad{"x$ y", "expected $name, ${name}, $(name) or $$ at \"$ y\""},
        Bad{"$-", "expected $name, ${name}, $(name) or $$ at \"$-\""},
        Bad{"${}", "expected $name, ${name}, $(name) or $$ at \"${}\""},
        Bad{"${$u}", "expected $name, ${name}, $(name) or $$ at \"${$u}\""},
        Bad{"${u", "expected a closing '}' at \"{u\""},
        Bad{"$(u}", "expected a closing ')' at \"(u}\""},
        Bad{"${u-x}", "expected '?', ':' or nothing more at \"-x\""},
        Bad{"${u?{a}:{b} x}", "expected nothing more at \"x\""},
        Bad{"${u?{a} b}", "expected ':' or nothing more at \"b\""},
        Bad{"${n:{x}:{y}}", "expected nothing more at \":{y}\""},
        Bad{"${{a} ~ {b} ? {x}}",
            "expected ==, !=, <, <=, > or >=, perhaps with \"level\" behind it, at \"~ {b} ? "
            "{x}\""},
        Bad{"${{a}}",
            "expected ==, !=, <, <=, > or >=, perhaps with \"level\" behind it, at the end"},
        Bad{"${{a} == b ? {x}}", "expected a second value in braces at \"b ? {x}\""},
        Bad{"${{x} <level {3}}", "expected a compatibility level such as 2 or 3.6, found \"x\""},
        Bad{"${{3..6} <level {3}}",
            "expected a compatibility level such as 2 or 3.6, found \"3..6\""},
        Bad{"${{3.6.1.2} <level {4}}",
            "expected a compatibility level such as 2 or 3.6, found \"3.6.1.2\""},
        Bad{"${{99999999999999999999} < {10}}",
            "expected a number of 64 bits, found \"99999999999999999999\""},
        Bad{"${upper{x}}", "expected the function domain_to_ascii, found \"upper\""},
        Bad{"${domain_to_ascii{b\303.example}}",
            "expected a domain name, found \"b?.example\": string encoding error"},
        Bad{"${domain_to_ascii{x} y}", "expected nothing more at \" y\""}));

TEST(Expansion, IsBoundedInDepthAndSize) {
    std::string deep;
    for (int i = 0; i < 100000; i++)
        deep += "${u?";
    EXPECT_THROW(config::expand(deep, value_of), config::BadExpansion);
    deep.append(100000, '}');
    EXPECT_THROW(config::expand(deep, value_of), config::BadExpansion);
    EXPECT_THROW(config::references(deep), config::BadExpansion);
    auto large = [](std::string_view) { return std::string(600000, 'x'); };
    EXPECT_EQ(config::expand("$a", large).size(), 600000u);
    EXPECT_THROW(config::expand("$a$a", large), config::BadExpansion);
}

TEST(Expansion, AsksOnlyForWhatMatters) {
    std::vector<std::string> asked;
    config::expand("${a?{$b}:{$c}}", [&asked](std::string_view name) {
        asked.emplace_back(name);
        return std::string();
    });
    EXPECT_EQ(asked, (std::vector<std::string>{"a", "c"}));
}

TEST(References, AreThoseOfAllBranches) {
    EXPECT_EQ(config::references("$a ${b?{$c}:{$d}} ${{$e} <level {$f} ? {$g} : {$h}} "
                                 "$$i ${domain_to_ascii{$j}}"),
              (std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h", "j"}));
}

}  // namespace
