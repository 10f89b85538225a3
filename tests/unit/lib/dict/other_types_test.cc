#include <gtest/gtest.h>

#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::log_lines;
using dict_test::TableWorld;

struct Case {
    const char* table;
    const char* key;
    const char* value;  // "-": none, "!": retry
};

class Combined : public testing::TestWithParam<Case> {};

TEST_P(Combined, Answer) {
    TableWorld world;
    EXPECT_EQ(world.ask(GetParam().table, GetParam().key), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Combined,
    testing::Values(Case{"unionmap:{static:a,static:b,inline:{x=y}}", "x", "a,b,y"},
                    Case{"unionmap:{inline:{a=1},inline:{b=2}}", "b", "2"},
                    Case{"unionmap:{inline:{a=1}, inline:{b=2}}", "c", "-"},
                    Case{"unionmap:{static:a,fail:x}", "c", "!"},
                    Case{"pipemap:{inline:{a=b},inline:{b=c}}", "a", "c"},
                    Case{"pipemap:{inline:{a=b},inline:{x=c}}", "a", "-"},
                    Case{"pipemap:{inline:{a=b},inline:{b=c}}", "b", "-"},
                    Case{"pipemap:{fail:x, static:b}", "a", "!"},
                    Case{"pipemap:{static:b, fail:x}", "a", "!"}, Case{"randmap:{x}", "a", "x"},
                    Case{"randmap:{x, x x}", "a", "x"}, Case{"proxy:hash:/x", "a", "!"},
                    Case{"unix:passwd.byname", "root", "!"}));

TEST(CombinedTables, RefuseBadSyntax) {
    TableWorld world;
    EXPECT_EQ(world.fault("randmap:{}"), "bad syntax: \"randmap:{}\"; need \"randmap:{value...}\"");
    EXPECT_EQ(world.fault("unionmap:{}"),
              "bad syntax: \"unionmap:{}\"; need \"unionmap:{type:name...}\"");
    EXPECT_EQ(world.fault("pipemap:{foo}"),
              "bad syntax: \"pipemap:{foo}\"; need \"pipemap:{type:name...}\"");
    EXPECT_EQ(world.fault("unionmap:static:a"),
              "bad syntax: \"unionmap:static:a\"; need \"unionmap:{type:name...}\"");
    EXPECT_EQ(world.fault("unionmap:{foo:a}"), "unsupported dictionary type: foo");
    EXPECT_EQ(world.fault("unix:foo"), "unknown table: unix:foo");
    EXPECT_EQ(world.fault("proxy:foo"), "bad syntax: \"proxy:foo\"; need \"proxy:type:name\"");
}

TEST(CombinedTables, RandmapGivesEveryValue) {
    TableWorld world;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(world.ask("randmap:{a,b,c}", "any"));
    EXPECT_EQ(seen, (std::set<std::string>{"a", "b", "c"}));
}

TEST(NameService, IsAskedInPlaceWhereThatIsAllowed) {
    TableWorld world;
    dict::Tables tables(world.settings(), nullptr, dict::Tables::NameService::in_place);
    dict::Lookup root = world.ask(tables.open("unix:passwd.byname"), "root");
    EXPECT_TRUE(root.value.starts_with("root:x:0:0:")) << root.value;
    EXPECT_TRUE(world.ask(tables.open("unix:group.byname"), "root").value.starts_with("root:x:0:"));
    EXPECT_TRUE(world.ask(tables.open("unix:passwd.byname"), "no such user").none());
    EXPECT_TRUE(world.ask(tables.open("unix:group.byname"), "").none());
}

class FakeProxy : public dict::Proxy {
  public:
    io::Task<dict::Lookup> ask(const std::string& table, std::string_view key, dict::Key,
                               dict::Use use) override {
        co_return dict::Lookup::of(table + " " + std::string(key) +
                                   (use.substitutions ? "" : " without $1"));
    }
};

TEST(ProxiedTables, AreAskedOfTheProxy) {
    TableWorld world;
    FakeProxy proxy;
    world.make_tables(&proxy);
    EXPECT_EQ(world.ask("proxy:hash:/etc/x", "k"), "hash:/etc/x k");
    EXPECT_EQ(world.ask("unix:passwd.byname", "k"), "unix:passwd.byname k");
    EXPECT_EQ(world.ask("proxy:pcre:/etc/x", "k", dict::Key::whole, {true, false}),
              "pcre:/etc/x k without $1");
    world.tables().leave_root();
    EXPECT_TRUE(world.tables().files().empty());
}

struct Perl {
    const char* table;
    const char* key;
    const char* value;
};

class Pcre : public testing::TestWithParam<Perl> {};

TEST_P(Pcre, Match) {
    TableWorld world("smtputf8_enable = yes\n");
    world.write("table", GetParam().table);
    EXPECT_EQ(world.ask("pcre:" + world.path("table"), GetParam().key), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Pcre,
    testing::Values(Perl{"/^(\\w+)@(?=a)/ user $1", "joe@a.example", "user joe"},
                    Perl{"/a.b/ yes", "a\nb", "yes"}, Perl{"/a.b/s yes", "a\nb", "-"},
                    Perl{"/a b/x yes", "ab", "yes"}, Perl{"/b/A yes", "ab", "-"},
                    Perl{"/^b/m yes", "a\nb", "yes"}, Perl{"/b$/E yes", "b\n", "-"},
                    Perl{"/b$/ yes", "b\n", "yes"}, Perl{"/^(.+)b/U $1", "xbyb", "x"},
                    Perl{"/\\d{3}/X yes", "123", "yes"}, Perl{"/\xc3\xa9/ e", "caf\xc3\x89", "e"},
                    Perl{"/^.$/ one", "\xc3\xa9", "one"},
                    Perl{"/(a+)+$/ x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "!"}));

TEST(PcreTables, FaultsAreWarnedOf) {
    TableWorld world;
    world.write("t", "/(/ x\n/abc\n/a/q x\n/a/X x\n");
    const std::string start = "warning: pcre map " + world.path("t") + ", line ";
    EXPECT_EQ(log_lines([&] { world.tables().open("pcre:" + world.path("t")); }),
              (std::vector<std::string>{
                  start + "1: error in regex at offset 1: missing closing parenthesis",
                  start + "2: no closing regexp delimiter \"/\": ignoring this rule",
                  start + "3: unknown regexp option \"q\": skipping this rule",
                  start + "4: ignoring obsolete regexp option \"X\""}));
}

}  // namespace
