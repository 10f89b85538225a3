#include <gtest/gtest.h>

#include "lib/mail/extension.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict::AddressSearch;
using dict::Maps;
using dict::MatchList;
using dict_test::log_lines;
using dict_test::TableWorld;

Maps maps_of(TableWorld& world, const std::string& list) {
    world.write("main.cf", "any_maps = " + list + "\n");
    return Maps::of(world.tables(), world.settings(), "any_maps");
}

TEST(Maps, AreAskedInOrder) {
    TableWorld world;
    Maps maps = maps_of(world, "inline:{a=1, {b = 2, 3}} inline:{a=4,c=5},static:{x y}");
    EXPECT_EQ(world.ask(maps, "a").value, "1");
    EXPECT_EQ(world.ask(maps, "b").value, "2, 3");
    EXPECT_EQ(world.ask(maps, "c").value, "5");
    EXPECT_EQ(world.ask(maps, "d").value, "x y");
    EXPECT_EQ(world.ask(maps, "d").table, "static:{x y}");
}

TEST(Maps, TroubleEndsTheSearch) {
    TableWorld world;
    Maps maps = maps_of(world, "inline:{a=1} fail:x inline:{b=2}");
    EXPECT_TRUE(world.ask(maps, "a").found());
    EXPECT_TRUE(world.ask(maps, "b").retry());
}

TEST(Maps, AnEmptyValueIsTrouble) {
    TableWorld world;
    Maps maps = maps_of(world, "inline:{{a=}}");
    std::vector<std::string> lines = log_lines([&] { EXPECT_TRUE(world.ask(maps, "a").retry()); });
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "warning: table inline:{{a=}}: key a: empty lookup result is not allowed",
                         "warning: table inline:{{a=}} should return NO RESULT in case of NOT "
                         "FOUND"}));
}

TEST(Maps, FaultsNameTheParameter) {
    TableWorld world;
    try {
        maps_of(world, "foo:x bar:y");
        FAIL();
    } catch (const config::Error& error) {
        std::string where = world.path("main.cf") + ", line 1: any_maps: ";
        EXPECT_EQ(error.problems(),
                  (std::vector<std::string>{where + "unsupported dictionary type: foo",
                                            where + "unsupported dictionary type: bar"}));
    }
}

// Remembers what it was asked.
class Witness : public dict::Table {
  public:
    Witness() : Table("witness:") {}
    io::Task<dict::Lookup> look_up(std::string_view key, dict::Key kind) override {
        asked.push_back(std::string(key) + (kind == dict::Key::whole ? "!" : ""));
        co_return dict::Lookup();
    }
    std::vector<std::string> asked;
};

struct Order {
    const char* address;
    unsigned keys;
    bool local;
    std::vector<std::string> asked;  // "!" behind whole keys
};

class SearchOrder : public testing::TestWithParam<Order> {};

TEST_P(SearchOrder, IsKept) {
    TableWorld world;
    Witness witness;
    Maps maps({&witness});
    AddressSearch search;
    search.keys = GetParam().keys;
    search.extensions.delimiters = "+-";
    search.domain_is_local = GetParam().local;
    EXPECT_TRUE(world.search(maps, GetParam().address, search).lookup.none());
    EXPECT_EQ(witness.asked, GetParam().asked);
}

constexpr unsigned transport = dict::full | dict::plain | dict::domain | dict::dot_parents;

INSTANTIATE_TEST_SUITE_P(
    Table, SearchOrder,
    testing::Values(Order{"u+x@a.example",
                          dict::usual_keys,
                          true,
                          {"u+x@a.example!", "u@a.example", "u+x", "u", "@a.example"}},
                    Order{"u@a.example", dict::usual_keys, false, {"u@a.example!", "@a.example"}},
                    Order{"u+x@b.a.example",
                          transport,
                          false,
                          {"u+x@b.a.example!", "u@b.a.example", "b.a.example", ".a.example",
                           ".example"}},
                    Order{"u@b.a.example",
                          dict::domain | dict::parents,
                          false,
                          {"b.a.example", "a.example", "example"}},
                    Order{"u@[1.2.3.4]", transport, false, {"u@[1.2.3.4]!", "[1.2.3.4]"}},
                    Order{"\"a b+c\"@d.example",
                          dict::usual_keys,
                          true,
                          {"\"a b+c\"@d.example!", "a b+c@d.example!", "\"a b\"@d.example",
                           "a b@d.example", "\"a b+c\"", "a b+c", "\"a b\"", "a b", "@d.example"}},
                    Order{"user+x", dict::usual_keys, true, {"user+x!", "user"}},
                    Order{"owner-list@a.example",
                          dict::usual_keys,
                          false,
                          {"owner-list@a.example!", "@a.example"}},
                    Order{"+x@a.example", dict::usual_keys, false, {"+x@a.example!", "@a.example"}},
                    Order{"MAILER-DAEMON@a.example",
                          dict::full | dict::plain,
                          false,
                          {"MAILER-DAEMON@a.example!"}}));

TEST(AddressSearch, GivesTheExtensionThatTheKeyLacks) {
    TableWorld world;
    AddressSearch search;
    search.extensions.delimiters = "+";
    Maps maps = maps_of(world, "inline:{u@a.example=x,full+y@a.example=z,@b.example=w}");
    dict::FoundAddress found = world.search(maps, "u+ext@a.example", search);
    EXPECT_EQ(found.lookup.value, "x");
    EXPECT_EQ(found.key, "u@a.example");
    EXPECT_EQ(found.extension, "+ext");
    found = world.search(maps, "full+y@a.example", search);
    EXPECT_EQ(found.lookup.value, "z");
    EXPECT_EQ(found.extension, "");
    found = world.search(maps, "u+ext@b.example", search);
    EXPECT_EQ(found.key, "@b.example");
    EXPECT_EQ(found.extension, "");
}

TEST(AddressSearch, TroubleIsNotNone) {
    TableWorld world;
    EXPECT_TRUE(world.search(maps_of(world, "fail:x"), "u@a.example", {}).lookup.retry());
    EXPECT_TRUE(world.search(Maps(), "u@a.example", {}).lookup.none());
}

struct Matching {
    MatchList::Of kind;
    const char* list;
    const char* key;
    const char* element;  // what matched; "-": nothing; "!": retry
};

class Lists : public testing::TestWithParam<Matching> {};

TEST_P(Lists, Match) {
    TableWorld world;
    MatchList list = MatchList::parse(GetParam().kind, world.tables(), GetParam().list);
    MatchList::Answer answer = world.match(list, GetParam().key);
    EXPECT_EQ(answer.yes() ? answer.element : answer.retry() ? "!" : "-", GetParam().element);
}

constexpr auto strings = MatchList::Of::strings;
constexpr auto domains = MatchList::Of::domains;
constexpr auto addresses = MatchList::Of::addresses;
constexpr auto clients = MatchList::Of::clients;

INSTANTIATE_TEST_SUITE_P(
    Table, Lists,
    testing::Values(Matching{strings, "a, b c", "B", "b"}, Matching{strings, ".a", "x.a", "-"},
                    Matching{strings, "!a static:x", "a", "-"},
                    Matching{strings, "!a static:x", "b", "static:x"},
                    Matching{domains, "a.example .b.example", "A.example", "a.example"},
                    Matching{domains, "a.example .b.example", "x.a.example", "-"},
                    Matching{domains, "a.example .b.example", "x.b.example", ".b.example"},
                    Matching{domains, "a.example .b.example", "b.example", "-"},
                    Matching{domains, "inline:{.b.example=x}", "c.b.example",
                             "inline:{.b.example=x}"},
                    Matching{domains, "inline:{b.example=x}", "c.b.example", "-"},
                    Matching{domains, "fail:x", "a.example", "!"},
                    Matching{addresses, "10.0.0.0/8", "10.1.2.3", "10.0.0.0/8"},
                    Matching{addresses, "!10.1.0.0/16 10.0.0.0/8", "10.1.2.3", "-"},
                    Matching{addresses, "[2001:db8::]/32", "2001:db8::1", "[2001:db8::]/32"},
                    Matching{addresses, "[::1]", "::1", "[::1]"},
                    Matching{addresses, "inline:{10.1.2.3=x}", "10.1.2.3", "inline:{10.1.2.3=x}"},
                    Matching{addresses, "10.0.0.0/8", "unknown", "-"},
                    Matching{clients, "a.example 10.0.0.0/8", "10.1.1.1", "10.0.0.0/8"},
                    Matching{clients, "a.example 10.0.0.0/8", "a.example", "a.example"}));

TEST(MatchList, SubdomainsMatchWhereTheParameterIsNamed) {
    TableWorld world;
    MatchList list =
        MatchList::parse(domains, world.tables(), "a.example inline:{b.example=x}", true);
    EXPECT_TRUE(world.match(list, "x.y.a.example").yes());
    EXPECT_TRUE(world.match(list, "x.y.b.example").yes());
    EXPECT_FALSE(world.match(list, "xa.example").yes());
}

TEST(MatchList, ReadsFiles) {
    TableWorld world;
    world.write("list", "# note\na.example\n  !b.example\n.c.example\n");
    MatchList list = MatchList::parse(domains, world.tables(), world.path("list"));
    EXPECT_TRUE(world.match(list, "a.example").yes());
    EXPECT_FALSE(world.match(list, "b.example").yes());
    EXPECT_TRUE(world.match(list, "x.c.example").yes());
    MatchList none = MatchList::parse(domains, world.tables(), "!" + world.path("list"));
    EXPECT_FALSE(world.match(none, "a.example").yes());
}

TEST(MatchList, FaultsNameParameterAndFile) {
    TableWorld world;
    world.write("list", "10.0.0.0/8\n10.0.0.1/8\n");
    world.write("main.cf", "mynetworks = 1.2.3.4/40 " + world.path("list") + " /no/such\n");
    try {
        MatchList::of(addresses, world.tables(), world.settings(), "mynetworks");
        FAIL();
    } catch (const config::Error& error) {
        std::string where = world.path("main.cf") + ", line 1: mynetworks: ";
        EXPECT_EQ(error.problems(),
                  (std::vector<std::string>{
                      where + "bad mask length in \"1.2.3.4/40\"",
                      where + world.path("list") +
                          ", line 2: non-null host address bits in \"10.0.0.1/8\", perhaps you "
                          "should use \"10.0.0.0/8\" instead",
                      where + "open /no/such: No such file or directory"}));
    }
}

}  // namespace
