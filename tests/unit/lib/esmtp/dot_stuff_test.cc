// What is sent for a message: stuffing, chunk borders, no end of data but the last.
#include <gtest/gtest.h>

#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput dot_stuff_target
#include "tests/fuzz/dot_stuff.cc"

namespace {

using std::string_literals::operator""s;
using esmtp::DotStuffer;

TEST(EsmtpDotStuff, SendsContentSafely) {
    struct Row {
        std::string content, data, bdat;
    };
    const Row rows[] = {
        {"", ".\r\n", ""},
        {"a\r\n", "a\r\n.\r\n", "a\r\n"},
        {"a", "a\r\n.\r\n", "a\r\n"},
        {".a\r\n..\r\n.\r\n", "..a\r\n...\r\n..\r\n.\r\n", ".a\r\n..\r\n.\r\n"},
        {"a\nb\rc\r\n", "a b c\r\n.\r\n", "a b c\r\n"},
        {"a\n.\n", "a . \r\n.\r\n", "a . \r\n"},
        {"a\r.\r\n", "a .\r\n.\r\n", "a .\r\n"},
        {"a\r\n\0.\r\nb\r\n"s, "a\r\n .\r\nb\r\n.\r\n", "a\r\n .\r\nb\r\n"},
        {"a\r\r\n", "a \r\n.\r\n", "a \r\n"},
        {"a\r", "a \r\n.\r\n", "a \r\n"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(sent(DotStuffer::Framing::data, row.content, 1), row.data);
        EXPECT_EQ(sent(DotStuffer::Framing::bdat, row.content, 100), row.bdat);
    }
}

TEST(EsmtpDotStuff, NeverSendsAFormThatSomeServerTakesForTheEnd) {
    const std::string forms[] = {"\n.\n"s,   "\n.\r"s,       "\r.\n"s,       "\r.\r"s,
                                 "\n.\r\n"s, "\r.\r\n"s,     "\r\n\0.\r\n"s, "\r\n.\r\r\n"s,
                                 "\r\n.\n"s, "\r\n.\0\r\n"s, "\r\r\n.\r\n"s, "\r\n.\r"s};
    for (const auto& form : forms) {
        std::string wire = sent(DotStuffer::Framing::data, "a" + form + "b\r\n", 1);
        wire.resize(wire.size() - 5);  // without the real end
        for (const auto& bad : forms)
            EXPECT_EQ(wire.find(bad), wire.npos) << testing::PrintToString(wire);
    }
}

TEST(EsmtpDotStuff, HoldsForRandomContent) {
    esmtp_test::run_corpus(dot_stuff_target,
                           {"\r", "\n", ".", "\r\n", "\r\n.\r\n", "a", "\0"s, "..", "text\r\n"});
}

TEST(EsmtpDotStuff, BreaksLinesOverTheLimit) {
    struct Row {
        std::string content;
        size_t limit;
        std::string sent;
    };
    const Row rows[] = {
        {"12345\r\n", 5, "12345\r\n"},
        {"123456\r\n", 5, "12345\r\n 6\r\n"},
        {"123456789a\r\n", 5, "12345\r\n 6789\r\n a\r\n"},
        {"12345.\r\n", 5, "12345\r\n .\r\n"},
        {".2345\r\n", 5, "..2345\r\n"},
        {"1234", 1, "12\r\n 3\r\n 4\r\n"},
        {"1234\r5", 5, "1234 \r\n 5\r\n"},
    };
    for (const Row& row : rows) {
        for (size_t cut = 0; cut <= row.content.size(); ++cut) {
            esmtp::DotStuffer stuffer(esmtp::DotStuffer::Framing::data, row.limit);
            std::string out;
            stuffer.feed(row.content.substr(0, cut), out);
            stuffer.feed(row.content.substr(cut), out);
            stuffer.finish(out);
            EXPECT_EQ(out, row.sent + ".\r\n") << row.content << " cut at " << cut;
        }
    }
}

}  // namespace
