#include "lib/ipc/reload_mark.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

using ipc::ReloadMark;

TEST(ReloadMark, ComesBackFromItsText) {
    for (const ReloadMark& mark : {ReloadMark{}, ReloadMark{7, 6, true}, ReloadMark{9, 9, false}})
        EXPECT_EQ(ReloadMark::decode(mark.encode()), mark) << mark.encode();
}

TEST(ReloadMark, IsNoneForAnyOtherText) {
    for (const char* text : {"", "1", "1 2", "1 2 perhaps", "1 -2 taken", "x 2 taken",
                             "1 2 taken 3", "99999999999999999999 1 taken"})
        EXPECT_EQ(ReloadMark::decode(text), std::nullopt) << text;
}

TEST(ReloadMark, IsReplacedAsAWhole) {
    char folder[] = "/tmp/reload_mark_test.XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder);
    EXPECT_THROW(ReloadMark{}.write(), std::runtime_error);
    EXPECT_EQ(ReloadMark::read(folder), std::nullopt);
    std::filesystem::create_directory("pid");
    std::ofstream("pid/master.reloads.new") << "what a master that was killed has left behind it";
    ReloadMark{1, 0, true}.write();
    EXPECT_EQ(ReloadMark::read(folder), (ReloadMark{1, 0, true}));
    ReloadMark{1, 1, false}.write();
    EXPECT_EQ(ReloadMark::read(folder), (ReloadMark{1, 1, false}));
    std::filesystem::current_path(before);
    std::filesystem::remove_all(folder);
}

}  // namespace
