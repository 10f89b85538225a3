#include "lib/base/base64.h"

#include <gtest/gtest.h>

namespace {

struct Case {
    std::string bytes;
    std::string text;
};

class Base64 : public testing::TestWithParam<Case> {};

TEST_P(Base64, GoesBothWays) {
    EXPECT_EQ(base::to_base64(GetParam().bytes), GetParam().text);
    EXPECT_EQ(base::from_base64(GetParam().text), GetParam().bytes);
}

// RFC 4648 section 10.
INSTANTIATE_TEST_SUITE_P(Table, Base64,
                         testing::Values(Case{"", ""}, Case{"f", "Zg=="}, Case{"fo", "Zm8="},
                                         Case{"foo", "Zm9v"}, Case{"foob", "Zm9vYg=="},
                                         Case{"foobar", "Zm9vYmFy"},
                                         Case{std::string("\0\xff\xfe", 3), "AP/+"}));

TEST(Base64Faults, AreSeen) {
    for (const char* text : {"Zg", "Zg=", "Z===", "Zm9v!aaa", "Zh==", "Zm9=", "Zm9v\n"})
        EXPECT_EQ(base::from_base64(text), std::nullopt) << text;
}

}  // namespace
