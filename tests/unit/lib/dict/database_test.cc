#include <fcntl.h>
#include <gtest/gtest.h>

#include <thread>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/dict/edit.h"
#include "lib/dict/fold.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict::DatabaseType;
using dict::EditOptions;
using dict::Repeated;
using dict::Source;
using dict_test::TableWorld;

class Databases : public testing::TestWithParam<const char*> {
  protected:
    const DatabaseType& type() const { return *dict::find_database_type(GetParam()); }
    std::string table() const { return GetParam() + (":" + world_.path("t")); }
    std::string file() const { return "t" + std::string(type().suffix); }

    void build(const std::string& text, EditOptions options = {}) {
        options.database.nul = type().nul;
        Source source = Source::read(text, "t", {});
        source.resolve(options.repeated, nullptr, "t", [](const Source::Entry&) {});
        dict::build_database(type(), world_.path("t"), source.entries(), options);
    }
    void add(const std::string& text, Repeated repeated, std::vector<std::string>& told) {
        EditOptions options;
        options.repeated = repeated;
        options.database.nul = type().nul;
        Source source = Source::read(text, "t", {});
        source.resolve(repeated, nullptr, "t", [](const Source::Entry&) {});
        dict::add_to_database(type(), world_.path("t"), source.entries(), options,
                              [&told](const Source::Entry& e) { told.emplace_back(e.key); });
    }

    TableWorld world_;
};

TEST_P(Databases, AreReplacedWithTheirRights) {
    EditOptions options;
    options.mode = 0640;
    build("a one\n", options);
    EXPECT_EQ(world_.ask(table(), "a"), "one");
    namespace fs = std::filesystem;
    fs::path path = world_.path(file());
    EXPECT_EQ(fs::status(path).permissions(), static_cast<fs::perms>(0640));
    build("a two\n");
    EXPECT_EQ(fs::status(path).permissions(), static_cast<fs::perms>(0640));
    EXPECT_FALSE(fs::exists(world_.path(file() + ".tmp")));
    world_.clock().advance(std::chrono::seconds(1));
    EXPECT_EQ(world_.ask(table(), "a"), "two");
}

TEST_P(Databases, TakeAndLoseSingleEntries) {
    build("a one\nb two\n");
    std::vector<std::string> told;
    if (!type().edited) {
        EXPECT_THROW(add("c x\n", Repeated::warn, told), base::SystemError);
        return;
    }
    add("c three\nA again\n", Repeated::warn, told);
    EXPECT_EQ(told, std::vector<std::string>{"a"});
    EXPECT_EQ(world_.ask(table(), "a"), "one");
    EXPECT_EQ(world_.ask(table(), "c"), "three");
    add("a new\n", Repeated::replace, told);
    add("b no\n", Repeated::keep, told);
    EXPECT_EQ(told.size(), 1u);
    EXPECT_EQ(dict::remove_from_database(type(), world_.path("t"), {"c", "nothing"}), 1u);
    EXPECT_EQ(dict::remove_from_database(type(), world_.path("t"), {"c"}), 0u);
    world_.clock().advance(std::chrono::seconds(1));
    EXPECT_EQ(world_.ask(table(), "a"), "new");
    EXPECT_EQ(world_.ask(table(), "b"), "two");
    EXPECT_EQ(world_.ask(table(), "c"), "-");
}

TEST_P(Databases, ListEveryEntry) {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "key" + std::to_string(i) + " value " + std::to_string(i) + "\n";
    build(text);
    size_t entries = 0;
    world_.tables().open(table()).each([&entries](std::string_view key, std::string_view value) {
        ++entries;
        EXPECT_EQ(key.substr(3), value.substr(6));
    });
    EXPECT_EQ(entries, 3000u);
}

// Never half a table, never an old answer once the new one was seen.
TEST_P(Databases, AreRightWhileTheyAreRebuilt) {
    auto text = [](int version) {
        std::string lines;
        for (int i = 0; i < 200; ++i)
            lines += "key" + std::to_string(i) + " " + std::to_string(version) + "\n";
        return lines;
    };
    build(text(0));
    world_.ask(table(), "key0");
    std::thread writer([&] {
        for (int version = 1; version <= 20; ++version)
            build(text(version));
    });
    int last = 0;
    for (int i = 0; last < 20 && i < 200'000; ++i) {
        world_.clock().advance(std::chrono::seconds(1));
        std::string answer = world_.ask(table(), "key" + std::to_string(i % 200));
        ASSERT_NE(answer, "-");
        ASSERT_NE(answer, "!");
        ASSERT_GE(std::stoi(answer), last);
        last = std::stoi(answer);
    }
    writer.join();
    world_.clock().advance(std::chrono::seconds(1));
    EXPECT_EQ(world_.ask(table(), "key7"), "20");
}

// postmap keeps writers out while it has keys to ask for, and lets them in before it waits.
TEST_P(Databases, KeepTheirLocksOnlyUntilTheyAreLetGo) {
    build("a one\n");
    dict::Use keeps;
    keeps.keeps_locks = true;
    EXPECT_EQ(world_.ask(table(), "a", dict::Key::whole, keeps), "one");
    EXPECT_EQ(world_.ask(table(), "b", dict::Key::whole, keeps), "-");
    base::Fd writer(::open(world_.path(file()).c_str(), O_RDWR | O_CLOEXEC));
    bool berkeley = type().suffix == ".db";
    EXPECT_EQ(static_cast<bool>(dict::FileLock::exclusive(writer.get(), type().lock)), !berkeley);
    world_.tables().release_locks();
    EXPECT_TRUE(dict::FileLock::exclusive(writer.get(), type().lock));
    EXPECT_EQ(world_.ask(table(), "a", dict::Key::whole, keeps), "one");
    build("a two\n");
    world_.clock().advance(std::chrono::seconds(1));
    EXPECT_EQ(world_.ask(table(), "a", dict::Key::whole, keeps), "two");
}

INSTANTIATE_TEST_SUITE_P(Types, Databases, testing::Values("hash", "btree", "lmdb", "cdb"),
                         [](const auto& each) { return std::string(each.param); });

TEST(DatabaseTypes, AreTheOnesThatAreMade) {
    EXPECT_EQ(dict::find_database_type("texthash"), nullptr);
    EXPECT_EQ(dict::find_database_type("regexp"), nullptr);
}

struct Folded {
    const char* key;
    const char* folded;
};

class Folding : public testing::TestWithParam<Folded> {};

TEST_P(Folding, MakesCaseTheSame) {
    EXPECT_EQ(dict::fold(GetParam().key, dict::Fold::unicode), GetParam().folded);
}

INSTANTIATE_TEST_SUITE_P(Table, Folding,
                         testing::Values(Folded{"AbC@Example.COM", "abc@example.com"},
                                         Folded{"", ""}, Folded{"CAF\xc3\x89", "caf\xc3\xa9"},
                                         Folded{"Stra\xc3\x9f"
                                                "e",
                                                "strasse"},
                                         Folded{"\xce\xa3\xcf\x82", "\xcf\x83\xcf\x83"},
                                         Folded{"\xd0\x9f", "\xd0\xbf"}, Folded{"A\xff", "a\xff"}));

TEST(Folding, MayKnowAsciiOnlyOrNothing) {
    for (const char* key : {"AbC", "CAF\xc3\x89", "caf\xc3\xa9", "abc", "A\xff", ""}) {
        for (dict::Fold how : {dict::Fold::none, dict::Fold::ascii, dict::Fold::unicode}) {
            bool same = dict::fold(key, how) == key;
            EXPECT_TRUE(same || dict::needs_fold(key, how)) << key;
        }
    }
    EXPECT_EQ(dict::fold("CAF\xc3\x89", dict::Fold::ascii), "caf\xc3\x89");
    EXPECT_FALSE(dict::needs_fold("caf\xc3\x89", dict::Fold::ascii));
    EXPECT_EQ(dict::fold("AbC", dict::Fold::none), "AbC");
}

TEST(Folding, KnowsUtf8) {
    for (const char* good : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"})
        EXPECT_TRUE(dict::valid_utf8(good)) << good;
    for (const char* bad :
         {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"})
        EXPECT_FALSE(dict::valid_utf8(bad)) << bad;
}

}  // namespace
