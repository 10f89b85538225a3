#include "lib/mail/xtext.h"

#include <gtest/gtest.h>

namespace {

using mail::from_xtext;
using mail::xtext;

TEST(Xtext, EncodesWhatRfc3461Says) {
    EXPECT_EQ(xtext("rfc822;a@b.example"), "rfc822;a@b.example");
    EXPECT_EQ(xtext("a+b=c d"), "a+2Bb+3Dc+20d");
    EXPECT_EQ(xtext(std::string("\0\xff", 2)), "+00+FF");
}

TEST(Xtext, ReadsWhatItWrote) {
    std::string all;
    for (int c = 0; c < 256; ++c)
        all.push_back(static_cast<char>(c));
    EXPECT_EQ(from_xtext(xtext(all)), all);
}

TEST(Xtext, RefusesWhatIsNone) {
    for (const char* bad : {"a b", "a=b", "+", "+4", "+4G", "\x80"})
        EXPECT_EQ(from_xtext(bad), std::nullopt) << bad;
}

}  // namespace
