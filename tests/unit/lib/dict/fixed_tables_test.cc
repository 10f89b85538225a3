#include <gtest/gtest.h>

#include "lib/dict/berkeley_db.h"
#include "lib/dict/types.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::log_lines;
using dict_test::TableWorld;

struct Case {
    const char* table;
    const char* key;
    const char* value;  // "-": none, "!": retry
};

class FixedTables : public testing::TestWithParam<Case> {};

TEST_P(FixedTables, Answer) {
    TableWorld world;
    EXPECT_EQ(world.ask(GetParam().table, GetParam().key), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FixedTables,
    testing::Values(Case{"inline:{ a=b, { c = d e } , {A2=z}}", "c", "d e"},
                    Case{"inline:{ a=b, { c = d e } , {A2=z}}", "a2", "z"},
                    Case{"inline:{a=b}", "A", "b"}, Case{"inline:{a=b}", "b", "-"},
                    Case{"inline:{ {k = a, b} }", "k", "a, b"}, Case{"inline:{a=b=c}", "a", "b=c"},
                    Case{"static:abc", "any", "abc"}, Case{"static:{a b c}", "", "a b c"},
                    Case{"fail:x", "any", "!"}, Case{"environ:x", "NO_SUCH_NAME_HERE", "-"}));

struct Refused {
    const char* table;
    const char* why;
};

class RefusedTables : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTables, SayWhy) {
    TableWorld world;
    EXPECT_EQ(world.fault(GetParam().table), GetParam().why);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedTables,
    testing::Values(
        Refused{"inline:{}", "bad syntax: \"inline:{}\"; need \"inline:{name=value...}\""},
        Refused{"inline:a=b", "bad syntax: \"inline:a=b\"; need \"inline:{name=value...}\""},
        Refused{"inline:{ {a=b }",
                "bad syntax: \"inline:{ {a=b }\"; need \"inline:{name=value...}\""},
        Refused{"inline:{ x }",
                "missing '=' after attribute name: \"inline:{ x }\"; need "
                "\"inline:{name=value...}\""},
        Refused{"static:{a b", "bad static:name syntax: missing '}' in \"{a b\""},
        Refused{"static:", "open dictionary: expecting \"type:name\" form instead of \"static:\""},
        Refused{"foo:/x", "unsupported dictionary type: foo"},
        Refused{"pgsql:/etc/x.cf", "unsupported dictionary type: pgsql (not built yet)"},
        Refused{"texthash:/no/such", "open database /no/such: No such file or directory"},
        Refused{"hash:/no/such", "open database /no/such.db: No such file or directory"},
        Refused{"/no/such", "open database /no/such.db: No such file or directory"},
        Refused{"regexp:/no/such", "open /no/such: No such file or directory"},
        Refused{"cidr:/no/such", "open /no/such: No such file or directory"}));

TEST(Texthash, WarnsOfItsFaults) {
    TableWorld world;
    world.write("t",
                "  leading x\nKey1 value\nkey1 dup\nalone\na: b\n\"unterminated val\nlast one\n");
    const std::string file = world.path("t");
    std::vector<std::string> expected = {
        "warning: " + file + ": logical line must not start with whitespace: \"  leading x\"",
        "warning: " + file +
            ", line 4: expected format: key whitespace value -- ignoring this line",
        "warning: " + file + ", line 5: record is in \"key: value\" format; is this an alias file?",
        "warning: " + file +
            ", line 6: unbalanced '\"' in '\"unterminated val' -- ignoring this line",
        "warning: " + file + ", line 3: duplicate entry: \"key1\"",
    };
    EXPECT_EQ(log_lines([&] { world.tables().open("texthash:" + file); }), expected);
    EXPECT_EQ(world.ask("texthash:" + file, "key1"), "value");
    EXPECT_EQ(world.ask("texthash:" + file, "last"), "one");
}

TEST(Texthash, DestinationsOfOneTransportBecomeAList) {
    TableWorld world;
    world.write("master.cf", "own unix - - n - - smtp\nrelay unix - - n - - pipe\n");
    world.make_tables();
    world.write("t",
                "a.example smtp:[host1]:587\na.example smtp:[host2]:587\na.example smtp:[host3]\n"
                "b.example own:x\nb.example own:y\nc.example relay:x\nc.example relay:y\n"
                "d.example smtp:x\nd.example lmtp:x\ne.example smtp:x\ne.example smtp:\n");
    std::string table = "texthash:" + world.path("t");
    std::vector<std::string> lines = log_lines([&] { world.tables().open(table); });
    ASSERT_EQ(lines.size(), 5u);
    EXPECT_EQ(lines[0], world.path("t") +
                            ", line 3: 3 entries of \"a.example\" make one list of destinations: "
                            "smtp:[host1]:587, [host2]:587, [host3]");
    EXPECT_EQ(lines[2], "warning: " + world.path("t") + ", line 7: duplicate entry: \"c.example\"");
    EXPECT_EQ(world.ask(table, "a.example"), "smtp:[host1]:587, [host2]:587, [host3]");
    EXPECT_EQ(world.ask(table, "b.example"), "own:x, y");
    EXPECT_EQ(world.ask(table, "c.example"), "relay:x");
    EXPECT_EQ(world.ask(table, "d.example"), "smtp:x");
    EXPECT_EQ(world.ask(table, "e.example"), "smtp:x");
}

// A database as another program leaves it.
void make_database(const std::string& path, dict::BerkeleyDb::Kind kind, bool nul,
                   const std::string& value) {
    std::string end(nul ? 1 : 0, '\0');
    std::filesystem::remove(path + ".new");
    {
        auto database = dict::BerkeleyDb::create(path + ".new", kind, 1 << 20, 10);
        database.put("key" + end, value + end);
        database.put("other@example.com" + end, "x" + end);
        database.sync();
    }
    std::filesystem::rename(path + ".new", path);
}

TEST(BerkeleyTables, ReadBothFormsOfStoredText) {
    using Kind = dict::BerkeleyDb::Kind;
    for (Kind kind : {Kind::hash, Kind::btree}) {
        for (bool nul : {true, false}) {
            TableWorld world;
            make_database(world.path("t.db"), kind, nul, "value");
            std::string table = (kind == Kind::hash ? "hash:" : "btree:") + world.path("t");
            EXPECT_EQ(world.ask(table, "KEY"), "value");
            EXPECT_EQ(world.ask(table, "ke"), "-");
            EXPECT_EQ(world.ask(table, ""), "-");
            EXPECT_EQ(world.ask(table, "other@EXAMPLE.com"), "x");
            size_t entries = 0;
            EXPECT_TRUE(world.tables().open(table).each(
                [&entries](std::string_view key, std::string_view value) {
                    ++entries;
                    EXPECT_TRUE(key == "key" ? value == "value" : value == "x");
                }));
            EXPECT_EQ(entries, 2u);
        }
    }
}

// Pages come from a mapping; two tables at once, one of them opened anew, must not be mixed up.
TEST(BerkeleyTables, AreReadFromTheirOwnFiles) {
    TableWorld world;
    auto make = [&world](const std::string& name, int entries, const std::string& value) {
        auto database = dict::BerkeleyDb::create(world.path(name + ".new"),
                                                 dict::BerkeleyDb::Kind::hash, 1 << 20, 10);
        for (int i = 0; i < entries; ++i)
            database.put("key" + std::to_string(i), value + std::to_string(i));
        database.sync();
        std::filesystem::rename(world.path(name + ".new"), world.path(name + ".db"));
    };
    make("a", 5000, "a");
    make("b", 300, "b");
    for (int round = 0; round < 3; ++round) {
        std::string value = "a" + std::to_string(round);
        make("a", 5000 + 2000 * round, value);
        world.clock().advance(std::chrono::seconds(1));
        for (int i = 0; i < 5000 + 2000 * round; i += 7) {
            std::string number = std::to_string(i);
            ASSERT_EQ(world.ask("hash:" + world.path("a"), "key" + number), value + number);
            ASSERT_EQ(world.ask("hash:" + world.path("b"), "key" + number),
                      i < 300 ? "b" + number : "-");
        }
    }
}

TEST(BerkeleyTables, RefuseWhatIsNone) {
    TableWorld world;
    world.write("t.db", "this is no database at all, whatever its name says\n");
    EXPECT_NE(world.fault("hash:" + world.path("t")), "");
    make_database(world.path("b.db"), dict::BerkeleyDb::Kind::btree, true, "v");
    EXPECT_NE(world.fault("hash:" + world.path("b")), "");
}

TEST(BerkeleyTables, IgnoreDbConfigInTheWorkingDirectory) {
    TableWorld world;
    make_database(world.path("t.db"), dict::BerkeleyDb::Kind::hash, true, "v");
    std::filesystem::path before = std::filesystem::current_path();
    world.write("DB_CONFIG", "set_no_such_option yes\n");
    std::filesystem::current_path(world.path(""));
    EXPECT_EQ(world.ask("hash:t", "key"), "v");
    std::filesystem::current_path(before);
}

TEST(ReplacedTables, AreOpenedAnewWithinASecond) {
    using namespace std::chrono_literals;
    TableWorld world;
    world.write("t", "key one\n");
    make_database(world.path("h.db"), dict::BerkeleyDb::Kind::hash, true, "one");
    for (const std::string& table : {"texthash:" + world.path("t"), "hash:" + world.path("h")})
        EXPECT_EQ(world.ask(table, "key"), "one");
    world.replace("t", "key two\n");
    make_database(world.path("h.db"), dict::BerkeleyDb::Kind::hash, true, "two");
    world.clock().advance(1s);
    for (const std::string& table : {"texthash:" + world.path("t"), "hash:" + world.path("h")})
        EXPECT_EQ(world.ask(table, "key"), "two");
}

TEST(ReplacedTables, StayWhenTheNewOneDoesNotLoad) {
    using namespace std::chrono_literals;
    TableWorld world;
    make_database(world.path("h.db"), dict::BerkeleyDb::Kind::hash, true, "one");
    std::string table = "hash:" + world.path("h");
    EXPECT_EQ(world.ask(table, "key"), "one");
    world.replace("h.db", "no database");
    world.clock().advance(1s);
    std::vector<std::string> lines = log_lines([&] { EXPECT_EQ(world.ask(table, "key"), "one"); });
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("what it held before stays in use"), std::string::npos);
    world.clock().advance(1s);
    EXPECT_TRUE(log_lines([&] { EXPECT_EQ(world.ask(table, "key"), "one"); }).empty());
    std::filesystem::remove(world.path("h.db"));
    world.clock().advance(1s);
    EXPECT_EQ(log_lines([&] { EXPECT_EQ(world.ask(table, "key"), "one"); }).size(), 1u);
    make_database(world.path("h.db"), dict::BerkeleyDb::Kind::hash, true, "three");
    world.clock().advance(1s);
    EXPECT_EQ(world.ask(table, "key"), "three");
}

TEST(ReplacedTables, MakeAProcessThatLeftTheRootOutdated) {
    using namespace std::chrono_literals;
    TableWorld world;
    world.write("t", "key one\n");
    std::string table = "texthash:" + world.path("t");
    EXPECT_EQ(world.ask(table, "key"), "one");
    world.tables().leave_root();
    world.clock().advance(1s);
    world.loop().run_until_idle();
    EXPECT_FALSE(world.tables().outdated());
    world.replace("t", "key two\n");
    world.clock().advance(1s);
    world.loop().run_until_idle();
    EXPECT_TRUE(world.tables().outdated());
    EXPECT_EQ(world.ask(table, "key"), "one");
}

TEST(Tables, AreSharedByName) {
    TableWorld world;
    world.write("t", "a b\n");
    std::string table = "texthash:" + world.path("t");
    EXPECT_EQ(&world.tables().open(table), &world.tables().open(table));
    dict::Use other;
    other.fold = false;
    EXPECT_NE(&world.tables().open(table), &world.tables().open(table, other));
    EXPECT_EQ(world.tables().files(), (std::vector<std::string>{world.path("t"), world.path("t")}));
}

TEST(Tables, HaveAListOfTypes) {
    std::vector<std::string> types = dict::table_types();
    EXPECT_TRUE(std::ranges::is_sorted(types));
    EXPECT_NE(std::ranges::find(types, "hash"), types.end());
    EXPECT_EQ(std::ranges::find(types, "pgsql"), types.end());
}

}  // namespace
