// What servers say: replies and capabilities.
#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput reply_reader_target
#include "tests/fuzz/reply_reader.cc"

namespace {

using esmtp::ReplyReader;
using Progress = ReplyReader::Progress;

mail::Reply read(std::initializer_list<std::string_view> lines) {
    ReplyReader reader;
    for (auto line : lines)
        reader.feed(line);
    return reader.take();
}

TEST(EsmtpReplyReader, ReadsReplies) {
    auto one = read({"250 2.1.0 Ok\r\n"});
    EXPECT_EQ(one.one_line(), "250 2.1.0 Ok");
    EXPECT_EQ(one.dsn, (mail::Dsn{2, 1, 0}));
    auto two = read({"550-5.7.1 first\n", "550 5.7.1 last"});
    EXPECT_EQ(two.one_line(), "550-5.7.1 first 550 5.7.1 last");
    EXPECT_EQ(read({"354\r\n"}).code, 354);
    EXPECT_EQ(read({"250 a\tb\x01"
                    "c"})
                  .lines[0],
              "a b?c");
    EXPECT_FALSE(read({"250 5.1.1 odd"}).dsn);
    EXPECT_EQ(read({"250-x", "450 y"}).code, 450);
    EXPECT_EQ(read({"550-5.7.1 x", "550 5.1.1 y"}).dsn, (mail::Dsn{5, 1, 1}));
    EXPECT_FALSE(read({"550-5.7.1 x", "550 y"}).dsn);
}

TEST(EsmtpReplyReader, OverlooksWhatIsNotSmtp) {
    ReplyReader reader;
    reader.feed("250-first");
    for (auto bad : {"", "25", "abc", "HTTP/1.1 200", "250x", "-50 x", "2 0 x", "2500 x", "099 x"})
        EXPECT_EQ(reader.feed(bad), Progress::noise) << bad;
    EXPECT_EQ(reader.feed("250 last"), Progress::complete);
    EXPECT_EQ(reader.take().one_line(), "250-first 250 last");
}

TEST(EsmtpReplyReader, CodesOfNoKnownClassAreReplies) {
    for (auto [line, code] : {std::pair("150 x", 150), {"650 x", 650}, {"999", 999}}) {
        mail::Reply reply = read({line});
        EXPECT_EQ(reply.code, code);
        EXPECT_FALSE(reply.ok() || reply.go_ahead() || reply.transient() || reply.permanent());
    }
}

TEST(EsmtpReplyReader, LimitsWhatItKeeps) {
    ReplyReader reader;
    size_t fed = 0;
    while (reader.feed("250-line") == Progress::more)
        ++fed;
    EXPECT_EQ(fed, ReplyReader::most_lines);
    EXPECT_EQ(reader.take().lines.size(), ReplyReader::kept_lines);
    for (int i = 0; i < 20; ++i)
        reader.feed(base::text("250-", std::string(2000, 'x')));
    EXPECT_EQ(reader.take().lines.size(), 8u);
}

TEST(EsmtpEhlo, FindsCapabilities) {
    auto found = esmtp::parse_ehlo(read(
        {"250-mx.example.com hello", "250-PIPELINING", "250-size 10240000", "250-8BITMIME",
         "250-AUTH plain LOGIN", "250-AUTH=LOGIN", "250-ENHANCEDSTATUSCODES", "250 CHUNKING"}));
    esmtp::Capabilities expected;
    expected.pipelining = expected.size = expected.eight_bit_mime = true;
    expected.enhanced_codes = expected.chunking = true;
    expected.max_size = 10240000;
    expected.auth = {"PLAIN", "LOGIN"};
    expected.greeting_name = "mx.example.com";
    EXPECT_EQ(found, expected);
}

TEST(EsmtpEhlo, IgnoresWhatItShould) {
    auto reply = read({"250-PIPELINING", "250-SIZE 0", "250-DSN", "250 STARTTLS"});
    auto found = esmtp::parse_ehlo(reply, {"dsn", "SILENT-DISCARD"});
    EXPECT_FALSE(found.pipelining);  // the first line is the host's name
    EXPECT_TRUE(found.size && found.starttls);
    EXPECT_FALSE(found.max_size || found.dsn);
}

TEST(EsmtpReplyReader, HoldsForRandomInput) {
    esmtp_test::run_corpus(reply_reader_target, {"250", "-", " ", "\r\n", "AUTH", "=", "SIZE ", "9",
                                                 "5.1.1 ", "\n", "550-x\r\n", "\x80"});
}

}  // namespace
