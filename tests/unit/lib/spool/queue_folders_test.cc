#include "lib/spool/queue_folders.h"

#include <set>

#include "lib/base/error.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace {

using namespace spool;
using namespace spool_test;

// Where Debian's Postfix put files of these IDs.
TEST(QueueFolders, HashesAsPostfixDoes) {
    QueueFolders folders;
    folders.root = "/q";
    const struct {
        const char* queue;
        const char* id;
        unsigned depth;
        const char* path;
    } cases[] = {
        {"deferred", "04E36A72122", 1, "/q/deferred/0/04E36A72122"},
        {"defer", "B529FA720AA", 1, "/q/defer/B/B529FA720AA"},
        {"deferred", "4jXcV62djZz1bY3s", 1, "/q/deferred/5/4jXcV62djZz1bY3s"},
        {"deferred", "4jXcV64r2qz1bY40", 1, "/q/deferred/A/4jXcV64r2qz1bY40"},
        {"deferred", "4jXcV62djZz1bY3s", 3, "/q/deferred/5/A/E/4jXcV62djZz1bY3s"},
        {"deferred", "04E36A72122", 0, "/q/deferred/04E36A72122"},
        {"hold", "04E36A72122", 1, "/q/hold/04E36A72122"},
        {"deferred", "AB", 4, "/q/deferred/A/B/AB"},
        {"deferred", "zz", 1, "/q/deferred/z/zz"},
    };
    for (const auto& c : cases) {
        folders.depth = c.depth;
        EXPECT_EQ(folders.path(c.queue, c.id), c.path);
    }
}

TEST(QueueFolders, FindsFilesOfAnotherDepth) {
    ScratchQueue scratch;
    const std::string& root = scratch.folders.root;
    put_file(root + "/deferred/AAAA1", "x");
    std::filesystem::create_directories(root + "/deferred/B/B");
    put_file(root + "/deferred/B/B/BBBB2", "x");
    EXPECT_EQ(scratch.folders.find("deferred", "AAAA1"), root + "/deferred/AAAA1");
    EXPECT_EQ(scratch.folders.find("deferred", "BBBB2"), root + "/deferred/B/B/BBBB2");
    EXPECT_EQ(scratch.folders.find("deferred", "CCCC3"), std::nullopt);
    EXPECT_EQ(scratch.folders.find("deferred", "../x"), std::nullopt);
    EXPECT_EQ(scratch.folders.find("deferred", "B"), std::nullopt);  // a directory
}

TEST(QueueFolders, ScansAllDepthsAndOnlyQueueIds) {
    ScratchQueue scratch;
    const std::string& root = scratch.folders.root;
    std::filesystem::create_directories(root + "/deferred/A/B");
    put_file(root + "/deferred/AAAA1", "x");
    put_file(root + "/deferred/A/AAAA2", "xy");
    put_file(root + "/deferred/A/B/AAAA3", "x");
    put_file(root + "/deferred/A/123.456.7", "x");
    ::chmod((root + "/deferred/AAAA1").c_str(), 0600);
    std::filesystem::create_symlink("/etc/passwd", root + "/deferred/LINK");

    std::set<std::string> ready, unready;
    QueueScan scan = scan_deferred(scratch.folders);
    while (auto entry = scan.next()) {
        (entry->ready() ? ready : unready).insert(entry->id);
        EXPECT_EQ(entry->bytes, entry->id == "AAAA2" ? 2u : 1u);
        EXPECT_TRUE(std::filesystem::exists(entry->path));
    }
    EXPECT_EQ(ready, (std::set<std::string>{"AAAA2", "AAAA3"}));
    EXPECT_EQ(unready, (std::set<std::string>{"AAAA1"}));
    QueueScan nothing(scratch.folders, "no-such-queue");
    EXPECT_EQ(nothing.next(), std::nullopt);
}

// Those of postsuper, which root runs.
TEST(QueueFolders, NewHashFoldersBelongToTheOwnerOfTheQueue) {
    ScratchQueue scratch;
    const std::string& root = scratch.folders.root;
    const uid_t owner = ::geteuid() == 0 ? 12345 : ::geteuid();
    ASSERT_EQ(::chown((root + "/deferred").c_str(), owner, static_cast<gid_t>(-1)), 0);
    put_file(root + "/hold/AAAA1", "x");
    EXPECT_TRUE(move_queued(scratch.folders, "hold", "deferred", "AAAA1"));
    struct stat status;
    ASSERT_EQ(::stat((root + "/deferred/A").c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, owner);
}

TEST(QueueFolders, RemovesHoldsAndPutsAside) {
    ScratchQueue scratch;
    const std::string& root = scratch.folders.root;
    std::filesystem::create_directories(root + "/deferred/A");
    std::filesystem::create_directories(root + "/defer/A");
    put_file(root + "/deferred/A/AAAA1", "x");
    put_file(root + "/defer/A/AAAA1", "x");

    EXPECT_TRUE(move_queued(scratch.folders, "deferred", "hold", "AAAA1"));
    EXPECT_FALSE(move_queued(scratch.folders, "deferred", "hold", "AAAA1"));
    EXPECT_EQ(scratch.folders.find("hold", "AAAA1"), root + "/hold/AAAA1");
    EXPECT_TRUE(move_queued(scratch.folders, "hold", "deferred", "AAAA1"));
    EXPECT_TRUE(remove_queued(scratch.folders, "deferred", "AAAA1"));
    EXPECT_FALSE(remove_queued(scratch.folders, "deferred", "AAAA1"));
    EXPECT_FALSE(std::filesystem::exists(root + "/defer/A/AAAA1"));

    put_file(root + "/deferred/A/AAAA2", "x");
    put_aside(scratch.folders, root + "/deferred/A/AAAA2", "AAAA2");
    EXPECT_TRUE(std::filesystem::exists(root + "/corrupt/AAAA2"));
    EXPECT_THROW(put_aside(scratch.folders, root + "/deferred/A/AAAA2", "AAAA2"),
                 base::SystemError);
}

}  // namespace
