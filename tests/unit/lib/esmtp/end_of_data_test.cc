// The end of data: every form that must not end a message, stuffing, bare line ends.
#include <gtest/gtest.h>

#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput end_of_data_target
#include "tests/fuzz/end_of_data.cc"

namespace {

using std::string_literals::operator""s;

TEST(EsmtpEndOfData, OnlyCrlfDotCrlfEnds) {
    const std::string not_an_end[] = {
        "\n.\n"s,       "\n.\r"s,      "\r.\n"s,       "\r.\r"s,       "\n.\r\n"s,     "\r.\r\n"s,
        "\0.\r\n"s,     "\r\n.\n"s,    "\r\n.\r"s,     "\r\n.\0\r\n"s, "\r\n.\r\r\n"s, "\r\r\n.\n"s,
        "\r\n\0.\r\n"s, "\r\n..\r\n"s, "\r\n. \r\n"s,  "\r\n .\r\n"s,  "\n\n.\r\n"s,   "\n\r.\r\n"s,
        "\r\n.\x85"s,   "\x85.\r\n"s,  "\r\n.\r\0\n"s, "\r\0\n.\r\n"s,
    };
    for (const auto& form : not_an_end) {
        esmtp::EndOfData data;
        std::string out, in = "line" + form + "smuggled";
        EXPECT_EQ(data.feed(in, out), in.size());
        EXPECT_FALSE(data.done()) << testing::PrintToString(form);
        EXPECT_TRUE(out.ends_with("smuggled")) << testing::PrintToString(form);
    }
}

TEST(EsmtpEndOfData, GivesContent) {
    struct Row {
        std::string in, content;
        bool bare_lf;
        size_t left;
    };
    const Row rows[] = {
        {".\r\n", "", false, 0},
        {"a\r\n.\r\nQUIT\r\n", "a\r\n", false, 6},
        {"..a\r\n...\r\n.b\r\n.\r\n", ".a\r\n..\r\nb\r\n", false, 0},
        {"a\nb\n.\r\n\r\n.\r\n", "a\r\nb\r\n.\r\n\r\n", true, 0},
        {"a\rb\r\n.\r\n", "a\rb\r\n", false, 0},
        {"a\n.\nb\r\n.\r\n", "a\r\n.\r\nb\r\n", true, 0},
        {"\r\n\r\n.\r\n.\r\n", "\r\n\r\n", false, 3},
        {"a\r\r\n.\r\n", "a\r\r\n", false, 0},
        {"a\n..b\r\n.\r\n", "a\r\n.b\r\n", true, 0},
    };
    for (const auto& row : rows) {
        esmtp::EndOfData data;
        std::string out;
        size_t used = data.feed(row.in, out);
        EXPECT_TRUE(data.done()) << row.in;
        EXPECT_EQ(out, row.content);
        EXPECT_EQ(data.bare_lf(), row.bare_lf) << row.in;
        EXPECT_EQ(row.in.size() - used, row.left) << row.in;
    }
}

TEST(EsmtpEndOfData, BdatTextGetsWholeLineEnds) {
    for (size_t cut = 0; cut <= 9; ++cut) {
        std::string in = "a\r\nb\nc\rd\n", out;
        esmtp::BdatText text;
        text.feed(std::string_view(in).substr(0, cut), out);
        text.feed(std::string_view(in).substr(cut), out);
        EXPECT_EQ(out, "a\r\nb\r\nc\rd\r\n") << cut;
        EXPECT_TRUE(text.bare_lf() && text.at_line_start());
    }
}

TEST(EsmtpEndOfData, HoldsForRandomInput) {
    esmtp_test::run_corpus(end_of_data_target, {"\r", "\n", ".", "\r\n", "\r\n.\r\n", "a", "\0"s,
                                                "..", "text\r\n", "\n.", "\r.\r"});
}

}  // namespace
