// Files that are read again: when they change, not when they are gone.
#include "lib/dns/watched_file.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/dns/scratch_file.h"

namespace {

using namespace std::chrono_literals;

TEST(WatchedFile, IsReadAtOnceAndAgainWhenItChanges) {
    dns_test::ScratchFile file("one");
    base::Instant now{1000s};
    dns::WatchedFile watched(file.path);
    EXPECT_EQ(watched.text(), "one");
    EXPECT_TRUE(watched.changed(now));
    EXPECT_FALSE(watched.changed(now + 5s));
    file.write("two");
    EXPECT_FALSE(watched.changed(now + 5s));
    EXPECT_TRUE(watched.changed(now + 6s));
    EXPECT_EQ(watched.text(), "two");
    EXPECT_FALSE(watched.changed(now + 9s));
}

TEST(WatchedFile, ChangesBeforeTheFirstLookCount) {
    dns_test::ScratchFile file("one");
    dns::WatchedFile watched(file.path);
    file.write("two");
    EXPECT_TRUE(watched.changed(base::Instant{1000s}));
    EXPECT_EQ(watched.text(), "two");
}

TEST(WatchedFile, WhatWasReadStaysWhenTheFileGoesOutOfReach) {
    base::Instant now{1000s};
    dns_test::ScratchFile file("one");
    dns::WatchedFile watched(file.path);
    EXPECT_TRUE(watched.changed(now));
    ::unlink(file.path.c_str());
    EXPECT_FALSE(watched.changed(now + 2s));
    EXPECT_EQ(watched.text(), "one");
    file.write("back");
    EXPECT_TRUE(watched.changed(now + 4s));
    EXPECT_EQ(watched.text(), "back");
}

TEST(WatchedFile, MayBeAbsentFromTheStart) {
    dns::WatchedFile watched("/nonexistent/file");
    EXPECT_TRUE(watched.changed(base::Instant{1000s}));
    EXPECT_EQ(watched.text(), "");
}

}  // namespace
