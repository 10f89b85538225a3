#include <gtest/gtest.h>

#include <tuple>

#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::log_lines;
using dict_test::TableWorld;

struct Case {
    const char* table;
    const char* key;
    const char* value;  // "-": none
};

// regexp: and pcre: share all but the patterns themselves.
class Patterns : public testing::TestWithParam<std::tuple<const char*, Case>> {};

TEST_P(Patterns, Match) {
    const auto& [type, one] = GetParam();
    TableWorld world;
    world.write("table", one.table);
    EXPECT_EQ(world.ask(type + (":" + world.path("table")), one.key), one.value);
}

constexpr const char* nested =
    "IF /x/\nif /y/\n/a/ both\nEndif\n/a/ one\nendif\nif !/z/\n/b/ other\nendif\n/a/ none";

INSTANTIATE_TEST_SUITE_P(
    Table, Patterns,
    testing::Combine(
        testing::Values("regexp", "pcre"),
        testing::Values(
            Case{"/^a/ one\n/b/ two\n", "ab", "one"}, Case{"/^a/ one\n/b/ two\n", "xb", "two"},
            Case{"/^a/ one\n", "b", "-"}, Case{"/abc/ yes", "xABCx", "yes"},
            Case{"/abc/i yes", "ABC", "-"}, Case{"/abc/i yes", "abc", "yes"},
            Case{"/abc/ii yes", "ABC", "yes"}, Case{"!/abc/ other", "xyz", "other"},
            Case{"!/abc/ other", "abc", "-"}, Case{"! !/abc/ same", "abc", "same"},
            Case{"/^(.*)@(.*)$/ $2!$1 costs $$5", "u@d", "d!u costs $5"},
            Case{"/^(.)(.)/ ${2}$(1)$1", "xy", "yxx"}, Case{"/^(.)/ ${1}x $01", "y", "yx y"},
            Case{"/(x)?(y)/ [$1$2]", "y", "[y]"}, Case{"/((a)b)/ $1-$2", "ab", "ab-a"},
            Case{"#a#\n!#b# hash", "c", "hash"}, Case{"|a/b| bar", "a/b", "bar"},
            Case{"/a\\/b/ escaped", "a/b", "escaped"}, Case{"/a b/  c   d  ", "a b", "c   d"},
            Case{"/a/ one\n  two\n# note\n\n three\n", "a", "one  two three"},
            Case{"  /a/ one\n/b/ two", "a", "-"}, Case{"/(o)\\1/ twice", "foo", "twice"},
            Case{"if /x/\n/a/ in\nendif\n/a/ out", "xa", "in"},
            Case{"if /x/\n/a/ in\nendif\n/a/ out", "ya", "out"},
            Case{"if !/x/\n/a/ in\nendif\n/a/ out", "ya", "in"}, Case{nested, "xya", "both"},
            Case{nested, "xa", "one"}, Case{nested, "ya", "none"}, Case{nested, "b", "other"},
            Case{nested, "zb", "-"}, Case{"if!/x/\n/a/ in\nendif", "a", "in"},
            Case{"if /x/\n/a/ in", "xa", "in"}, Case{"if /(/\n/a/ in\nendif\n/b/ out", "a", "in"},
            Case{"if /x/\nendif\nendif\n/a/ out", "a", "out"}, Case{"/^$/ nothing", "", "nothing"},
            Case{"/[[:digit:]]{3}/ digits", "a123", "digits"})));

class Posix : public testing::TestWithParam<Case> {};

TEST_P(Posix, Match) {
    TableWorld world;
    world.write("table", GetParam().table);
    EXPECT_EQ(world.ask("regexp:" + world.path("table"), GetParam().key), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(Table, Posix,
                         testing::Values(Case{"/a(b|c)d/x yes", "a(b|c)d", "yes"},
                                         Case{"/a.$/m yes", "ab\ncd", "yes"},
                                         Case{"/a.$/ yes", "ab\ncd", "-"}));

TEST(PatternTables, PartsOfAnAddressMatchNothing) {
    TableWorld world;
    world.write("r", "/./ any\n");
    world.write("c", "10.0.0.0/8 ten\n");
    EXPECT_EQ(world.ask("regexp:" + world.path("r"), "x", dict::Key::part), "-");
    EXPECT_EQ(world.ask("cidr:" + world.path("c"), "10.1.1.1", dict::Key::part), "-");
}

struct Fault {
    const char* table;
    std::vector<std::string> lines;  // behind "TYPE map FILE, line "
};

std::vector<std::string> warnings(const std::string& type, const std::string& text,
                                  dict::Use use = {}) {
    TableWorld world;
    world.write("table", text);
    std::string table = type + ":" + world.path("table");
    std::string start = "warning: " + type + " map " + world.path("table") + ", line ";
    std::vector<std::string> lines = log_lines([&] { world.tables().open(table, use); });
    for (std::string& line : lines)
        if (line.starts_with(start))
            line.erase(0, start.size());
    return lines;
}

class PatternFaults : public testing::TestWithParam<Fault> {};

TEST_P(PatternFaults, AreWarnedOfWithTheirLine) {
    EXPECT_EQ(warnings("regexp", GetParam().table), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PatternFaults,
    testing::Values(
        Fault{"# x\n/abc", {"2: no closing regexp delimiter \"/\": skipping this rule"}},
        Fault{"abc/ x", {"1: ignoring unrecognized request"}},
        Fault{"/abc/q x", {"1: unknown regexp option \"q\": skipping this rule"}},
        Fault{"/(abc/ x", {"1: Unmatched ( or \\("}},
        Fault{"/abc/", {"1: no replacement text: using empty string"}},
        Fault{"!/(a)/ $1",
              {"1: $number found in negative match replacement text: skipping this rule"}},
        Fault{"/(abc)/ $2", {"1: out of range replacement index \"2\": skipping this rule"}},
        Fault{"/(abc)/ $x",
              {"1: non-numeric replacement index \"x\"",
               "1: bad replacement syntax: skipping this rule"}},
        Fault{"/(abc)/ ${1",
              {"warning: truncated macro reference: \"${1\"",
               "1: bad replacement syntax: skipping this rule"}},
        Fault{"/(abc)/ ${}",
              {"warning: empty macro name: \"${}\"",
               "1: bad replacement syntax: skipping this rule"}},
        Fault{"/(abc)/ $0",
              {"1: out of range replacement index \"0\"",
               "1: bad replacement syntax: skipping this rule"}},
        Fault{"/(abc)/ ${1?{y}:{n}}",
              {"1: non-numeric replacement index \"1?{y}:{n}\"",
               "1: bad replacement syntax: skipping this rule"}},
        Fault{
            "/(abc)/ $",
            {"warning: empty macro name: \"$\"", "1: bad replacement syntax: skipping this rule"}},
        Fault{"if /x/\n   /a/ in\nendif bar\nendif",
              {"1: ignoring extra text after IF statement: \"/a/ in\"",
               "1: do not prepend whitespace to statements between IF and ENDIF",
               "3: ignoring extra text after ENDIF", "4: ignoring ENDIF without matching IF"}},
        Fault{"if /x/\n\nif /y/", {"3: IF has no matching ENDIF", "1: IF has no matching ENDIF"}},
        Fault{"if\n!", {"1: no regexp: skipping this rule", "2: no regexp: skipping this rule"}}));

TEST(PatternTables, SubstitutionIsRefusedWhereItWouldBeAHole) {
    dict::Use use;
    use.substitutions = false;
    EXPECT_EQ(warnings("regexp", "/(.*)/ smtp:$1\n/a/ smtp:b\n", use),
              std::vector<std::string>{
                  "1: regular expression substitution is not allowed: skipping this rule"});
}

class Cidr : public testing::TestWithParam<Case> {};

TEST_P(Cidr, Match) {
    TableWorld world;
    world.write("table", GetParam().table);
    EXPECT_EQ(world.ask("cidr:" + world.path("table"), GetParam().key), GetParam().value);
}

constexpr const char* blocks =
    "1.2.3.0/24 a\n2001:db8::/32 six\n[2001:db9::]/32 sixb\n[2001:dba::1] one\n192.0.2.7 host  x\n"
    "if 10.0.0.0/8\n10.1.0.0/16 ten-one\nif !10.2.0.0/16\n10.0.0.0/8 other\nendif\nendif\n"
    "!1.0.0.0/8 notone\n";

INSTANTIATE_TEST_SUITE_P(
    Table, Cidr,
    testing::Values(Case{blocks, "1.2.3.9", "a"}, Case{blocks, "2001:db8::5", "six"},
                    Case{blocks, "2001:DB9:1::", "sixb"}, Case{blocks, "2001:dba::1", "one"},
                    Case{blocks, "192.0.2.7", "host  x"}, Case{blocks, "10.1.1.1", "ten-one"},
                    Case{blocks, "10.2.1.1", "notone"}, Case{blocks, "10.3.1.1", "other"},
                    Case{blocks, "::ffff:1.2.3.4", "notone"}, Case{blocks, "abc", "-"},
                    Case{blocks, "1.9.9.9", "-"}, Case{blocks, "", "-"},
                    Case{"0.0.0.0/0 all4\n::/0 all6\n", "::1", "all6"},
                    Case{"0.0.0.0/0 all4\n::/0 all6\n", "255.255.255.255", "all4"}));

TEST(PatternTables, CidrFaultsAreWarnedOf) {
    std::vector<std::string> expected = {
        "1: non-null host address bits in \"1.2.3.4/24\", perhaps you should use \"1.2.3.0/24\" "
        "instead: skipping this rule",
        "2: missing ']' character after \"[2001:db8::/32\": skipping this rule",
        "3: no lookup result: skipping this rule",
        "4: bad address pattern: \"300.1.2.3\": skipping this rule",
        "5: bad mask length in \"1.2.3.4/33\": skipping this rule",
        "6: bad mask value in \"10.0.0.0/8 ten\": skipping this rule",
        "7: ENDIF without IF: skipping this rule",
        "8: no address pattern: skipping this rule",
        "9: no address pattern: skipping this rule",
        "10: bad address pattern: \"foo\": skipping this rule",
    };
    EXPECT_EQ(warnings("cidr",
                       "1.2.3.4/24 b\n[2001:db8::/32 b6\n2001:db8::1\n300.1.2.3 x\n1.2.3.4/33 y\n"
                       "if 10.0.0.0/8 ten\nendif\nif\n!\nfoo\n"),
              expected);
}

TEST(PatternTables, RulesInTheNameItself) {
    TableWorld world;
    const char* const networks = "cidr:{{10.0.0.0/8 ten}, { ::/0 any six } {!192.0.2.0/24 other}}";
    EXPECT_EQ(world.ask(networks, "10.1.1.1"), "ten");
    EXPECT_EQ(world.ask(networks, "2001:db8::1"), "any six");
    EXPECT_EQ(world.ask(networks, "192.0.2.1"), "-");
    EXPECT_EQ(world.ask(networks, "a.example"), "-");
    EXPECT_EQ(world.ask("regexp:{{/^a{2}$/ two}, {/b/ b}}", "aa"), "two");
    EXPECT_EQ(world.ask("pcre:{{/^(a+)$/ <$1>}}", "aaa"), "<aaa>");
    EXPECT_EQ(world.fault("cidr:{10.0.0.0/8 ten}"),
              "bad syntax: \"cidr:{10.0.0.0/8 ten}\"; need \"cidr:{{rule} {rule}...}\"");
    EXPECT_EQ(world.fault("regexp:{{/a/ b}"),
              "bad syntax: \"regexp:{{/a/ b}\"; need \"regexp:{{rule} {rule}...}\"");
}

}  // namespace
