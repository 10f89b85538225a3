// The types of fixed keys: what a source says is what every one of them answers.
#include <gtest/gtest.h>

#include "lib/dict/edit.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using namespace std::string_literals;
using dict_test::log_lines;
using dict_test::TableWorld;

constexpr dict::Use usual{}, exact{false, true, true}, bytes{true, true, false};

struct Said {
    std::string source;
    std::string key;
    const char* value;  // "-": none
    dict::Use use = usual;
};

class SourceTypes : public testing::TestWithParam<std::tuple<const char*, Said>> {};

TEST_P(SourceTypes, AnswerAlike) {
    const auto& [name, said] = GetParam();
    TableWorld world("smtputf8_enable = yes\n");
    world.write("t", said.source);
    log_lines([&, type = name, said = said] {
        if (const dict::DatabaseType* made = dict::find_database_type(type)) {
            auto source = dict::Source::read(said.source, "t", {said.use.folding(), said.use.utf8});
            source.resolve(dict::Repeated::warn, nullptr, "t", [](const dict::Source::Entry&) {});
            dict::EditOptions options;
            options.database.nul = made->nul;
            dict::build_database(*made, world.path("t"), source.entries(), options);
        }
        EXPECT_EQ(world.ask(type + ":"s + world.path("t"), said.key, dict::Key::whole, said.use),
                  said.value);
    });
}

INSTANTIATE_TEST_SUITE_P(
    Table, SourceTypes,
    testing::Combine(
        testing::Values("hash", "btree", "lmdb", "cdb", "texthash"),
        testing::Values(
            Said{"b two\nA one\n", "a", "one"}, Said{"b two\nA one\n", "B", "two"},
            Said{"b two\n", "c", "-"}, Said{"b two\n", "", "-"},
            Said{"b two\n", std::string(5000, 'x'), "-"}, Said{"# nothing\n", "a", "-"},
            Said{"U@d.example  x  y\n", "u@D.example", "x  y"}, Said{"a 1", "a", "1"},
            Said{"Key1 value one\n  two\n# note\n\n k2\tv  \n", "KEY1", "value one  two k2\tv"},
            Said{"k2\tv  \n", "k2", "v"}, Said{"a x\r\nb y\r\n", "b", "y"},
            Said{"\"quo ted\" val\n", "\"quo ted\"", "val"},
            Said{"\"quo\\\"x y\" val\n", "\"quo\\\"x y\"", "val"},
            Said{"\\\"x val\n", "\\\"x", "val"}, Said{"\"open val\nb y\n", "b", "y"},
            Said{"a one\nA two\n", "a", "one"}, Said{"a\nb y\n", "a", "-"},
            // What begins with white space continues something.
            Said{"  a one\n  more\nb y\n", "a", "-"}, Said{"  a one\nb y\n", "b", "y"},
            // A line ends at a NUL.
            Said{"a one\0two\nb\0c y\nd z\n"s, "a", "one"},
            Said{"a one\0two\nb\0c y\nd z\n"s, "b", "-"},
            Said{"a one\0two\nb\0c y\nd z\n"s, "d", "z"}, Said{"\0\nb y\n"s, "b", "y"},
            Said{"Key v\n", "key", "-", exact}, Said{"Key v\n", "Key", "v", exact},
            // Letters beyond ASCII, and what is none, with smtputf8_enable and without.
            Said{"CAF\xc3\x89 v\n", "Caf\xc3\xa9", "v"},
            Said{"CAF\xc3\x89 v\n", "caf\xc3\xa9", "-", bytes},
            Said{"CAF\xc3\x89 v\n", "Caf\xc3\x89", "v", bytes}, Said{"A\xff v\n", "a\xff", "-"},
            Said{"A\xff v\n", "A\xff", "v", bytes}, Said{"a \xff\nb y\n", "a", "-"})));

TEST(Utf8Keys, OnesThatAreNoneAreWarnedOf) {
    TableWorld world("smtputf8_enable = yes\n");
    EXPECT_EQ(
        log_lines([&] { EXPECT_EQ(world.ask("static:x", "a\xff"), "-"); }),
        std::vector<std::string>{"warning: static:x: non-UTF-8 key \"a?\": malformed UTF-8 or "
                                 "invalid codepoint"});
    dict::Use any;
    any.utf8 = false;
    EXPECT_EQ(world.ask("static:x", "a\xff", dict::Key::whole, any), "x");
}

TEST(Utf8Keys, AreNotWantedWithoutSmtputf8Enable) {
    TableWorld world("smtputf8_enable = no\n");
    EXPECT_EQ(world.ask("static:x", "a\xff"), "x");
}

}  // namespace
