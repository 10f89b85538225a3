// The names that `postfix logrotate` gives to old log files.
#include "postfix/rotation.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

namespace {

TEST(LogRotation, NamesTheOldFileByTime) {
    setenv("TZ", "UTC", 1);
    tzset();
    EXPECT_EQ(postfix::rotation_suffix("%Y%m%d-%H%M%S", 1'700'000'000), "20231114-221320");
    EXPECT_EQ(postfix::rotation_suffix("old", 0), "old");
    for (const char* bad : {"", "%Y/%m", "../x"})
        EXPECT_THROW(postfix::rotation_suffix(bad, 0), config::Error) << bad;
}

}  // namespace
