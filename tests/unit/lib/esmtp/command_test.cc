// Command lines in their parts.
#include <gtest/gtest.h>

#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput command_target
#include "tests/fuzz/command.cc"

namespace {

using esmtp::PathArgument;
using esmtp::PathFault;
using std::string_literals::operator""s;

TEST(EsmtpCommand, SplitsVerbAndArguments) {
    auto command = esmtp::split_command("  mail FROM:<a@b>  SIZE=1 \r\n");
    EXPECT_EQ(command.verb, "mail");
    EXPECT_EQ(command.args, "FROM:<a@b>  SIZE=1");
    EXPECT_EQ(command.words().size(), 2u);
    EXPECT_EQ(esmtp::split_command("\r\n").verb, "");
    EXPECT_EQ(esmtp::split_command("NOOP\tx").args, "x");
}

TEST(EsmtpCommand, ReadsPathArguments) {
    struct Row {
        const char *args, *address;
        size_t parameters;
    };
    for (const auto& row :
         std::initializer_list<Row>{{"FROM:<a@b>", "a@b", 0},
                                    {"from: <a@b> SIZE=12 BODY=8BITMIME", "a@b", 2},
                                    {"FROM:\t a@b", "a@b", 0},
                                    {"FROM:<> X", "", 1}}) {
        auto parsed = esmtp::parse_path_argument(row.args, "FROM");
        auto* argument = std::get_if<PathArgument>(&parsed);
        ASSERT_NE(argument, nullptr) << row.args;
        EXPECT_EQ(argument->address, row.address);
        EXPECT_EQ(argument->parameters.size(), row.parameters);
    }
    auto parsed = esmtp::parse_path_argument("FROM:<> SIZE=12 X A=", "FROM");
    const auto& parameters = std::get<PathArgument>(parsed).parameters;
    EXPECT_EQ(parameters[0].name, "SIZE");
    EXPECT_EQ(parameters[0].value, "12");
    EXPECT_EQ(parameters[1].value, std::nullopt);
    EXPECT_EQ(parameters[2].value, "");
}

TEST(EsmtpCommand, NamesTheFault) {
    struct Row {
        const char* args;
        PathFault fault;
    };
    for (const auto& row : std::initializer_list<Row>{{"", PathFault::syntax},
                                                      {"FROM", PathFault::syntax},
                                                      {"FROM:", PathFault::syntax},
                                                      {"FROM : <a@b>", PathFault::syntax},
                                                      {"FROM <a@b>", PathFault::syntax},
                                                      {"TO:<a@b>", PathFault::syntax},
                                                      {"FROM:<a@b", PathFault::address},
                                                      {"FROM:<@>", PathFault::address}}) {
        auto parsed = esmtp::parse_path_argument(row.args, "FROM");
        ASSERT_TRUE(std::holds_alternative<PathFault>(parsed)) << row.args;
        EXPECT_EQ(std::get<PathFault>(parsed), row.fault) << row.args;
    }
}

TEST(EsmtpCommand, HoldsForRandomLines) {
    esmtp_test::run_corpus(command_target, {"MAIL ", "FROM:", "<", ">", "a", "@", ".", "\"", "\\",
                                            "[", "]", " ", "b.c", "\r\n", "\0"s, "\x80", ":", "-"});
}

}  // namespace
