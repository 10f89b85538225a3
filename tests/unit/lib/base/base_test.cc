// The small things everything stands on: text, encodings, checksums.
#include <gtest/gtest.h>

#include "lib/base/crc32c.h"
#include "lib/base/encode.h"
#include "lib/base/siphash.h"
#include "lib/base/text.h"

namespace {

template <class Text>
concept CanBeSplit = requires(Text&& text) {
    base::split(std::forward<Text>(text), ",");
};
static_assert(CanBeSplit<const char*> && CanBeSplit<std::string_view>);
static_assert(CanBeSplit<std::string&> && CanBeSplit<const std::string&>);
static_assert(!CanBeSplit<std::string>, "its pieces would be of a string that is gone");

TEST(Text, JoinsStringsAndNumbers) {
    EXPECT_EQ(base::text("a", 1, 'b', std::string("c"), -7L, 0u), "a1bc-70");
}

TEST(Text, ReadsNumbersWholeOrNotAtAll) {
    EXPECT_EQ(base::number<int>("42"), 42);
    EXPECT_EQ(base::number<int>("ff", 16), 255);
    for (auto bad : {"", " 1", "1 ", "+1", "1x", "99999999999999999999"})
        EXPECT_FALSE(base::number<int>(bad)) << bad;
}

TEST(Text, SplitsAndTrims) {
    EXPECT_EQ(base::split(" a, b,,c ", ", "), (std::vector<std::string_view>{"a", "b", "c"}));
    EXPECT_TRUE(base::split(", ", ", ").empty());
    EXPECT_EQ(base::trim(" \ta b\r\n"), "a b");
    EXPECT_EQ(base::trim("  "), "");
}

TEST(Text, ComparesWithoutCase) {
    EXPECT_TRUE(base::equal_nocase("EHLO", "ehlo"));
    EXPECT_FALSE(base::equal_nocase("EHLO", "EHL"));
    EXPECT_EQ(base::upper_hex(0xabc, 5), "00ABC");
    EXPECT_EQ(base::printable("a\r\nb\x7f"), "a??b?");
}

TEST(Crc32c, MatchesPublishedValues) {
    EXPECT_EQ(base::crc32c("123456789"), 0xe3069283u);  // RFC 3720 appendix B.4 check value
    EXPECT_EQ(base::crc32c("56789", base::crc32c("1234")), 0xe3069283u);
    EXPECT_EQ(base::crc32c(std::string(32, '\0')), 0x8a9136aau);
}

TEST(SipHash, MatchesPublishedVector) {
    base::HashKey key;
    std::string data;
    for (unsigned char i = 0; i < 16; ++i)
        key[i] = i;
    for (char i = 0; i < 15; ++i)
        data.push_back(i);
    EXPECT_EQ(base::siphash(key, data), 0xa129ca6149be45e5u);  // appendix A of the paper
}

TEST(Encode, GivesBackWhatWasPutInAndRefusesShortData) {
    base::Encoder out;
    out.u8(7).u16(300).u32(70000).u64(1ull << 40).string("hello");
    base::Decoder in(out.view());
    EXPECT_EQ(in.u8(), 7);
    EXPECT_EQ(in.u16(), 300);
    EXPECT_EQ(in.u32(), 70000u);
    EXPECT_EQ(in.u64(), 1ull << 40);
    EXPECT_EQ(in.string(), "hello");
    EXPECT_TRUE(in.empty());
    for (size_t cut = 0; cut < out.size(); ++cut) {
        base::Decoder part(std::string_view(out.view()).substr(0, cut));
        EXPECT_THROW((part.u8(), part.u16(), part.u32(), part.u64(), part.string()),
                     base::DecodeError);
    }
}

}  // namespace
