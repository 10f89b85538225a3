#include "lib/spool/mover.h"

#include "lib/base/error.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace {

using namespace spool;
using namespace spool_test;

Move a_move(const std::string& id) {
    Move move;
    move.envelope.queue_id = id;
    move.envelope.arrival = base::WallTime(std::chrono::seconds(1795370392));
    move.envelope.sender = "s@a.example";
    move.envelope.recipients = {{"r@b.example", "", 0, ""}};
    move.next_attempt = base::WallTime(std::chrono::seconds(1900000000));
    move.content = std::make_unique<TextSource>("Subject: x\r\n\r\ntext\r\n");
    return move;
}

// Content that a disk error cuts short in the middle.
class FailingSource : public TextSource {
  public:
    FailingSource() : TextSource(std::string(200000, 'x')) {}
    size_t read(std::span<char> into, uint64_t offset) override {
        if (offset > 0)
            throw base::SystemError("read", EIO);
        return TextSource::read(into, offset);
    }
};

class MoverTest : public testing::Test {
  protected:
    io::Task<void> move_one(Mover& mover, Move move) {
        Moved moved = co_await mover.move(std::move(move));
        paths_.push_back(moved.path);
    }
    io::Task<void> move_failing(Mover& mover, Move move) {
        try {
            Moved moved = co_await mover.move(std::move(move));
            paths_.push_back(moved.path);
        } catch (const base::SystemError& error) {
            failed_ = error.code();
        } catch (const BadContent&) {
            failed_ = -1;
        }
    }
    io::Task<void> move_many(Mover& mover, int count) {
        io::Scope scope;
        for (int i = 0; i < count; ++i)
            scope.spawn(move_one(mover, a_move(base::text("AAAA", i))));
        co_await scope.join();
        co_await mover.close();
    }
    size_t files_in(const std::string& queue) {
        size_t n = 0;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(scratch_.folders.root + '/' + queue))
            n += entry.is_regular_file();
        return n;
    }

    ScratchQueue scratch_;
    io::Loop loop_;
    std::vector<std::string> paths_;
    int failed_ = 0;
};

TEST_F(MoverTest, WritesManyAtOnce) {
    Mover mover(scratch_.folders, {2, 0});
    io::run_task(move_many(mover, 20));
    EXPECT_EQ(paths_.size(), 20u);
    EXPECT_EQ(files_in("deferred"), 20u);
    EXPECT_EQ(mover.waiting(), 0u);
    QueueScan scan = scan_deferred(scratch_.folders);
    while (auto entry = scan.next()) {
        EXPECT_TRUE(entry->ready());
        EXPECT_EQ(entry->mode & 0777, 0700u);
        EXPECT_EQ(entry->modified, base::WallTime(std::chrono::seconds(1900000000)));
        verify_queue_file(entry->path);
        EXPECT_EQ(load_queue_file(entry->path).envelope, a_move(entry->id).envelope);
    }
}

TEST_F(MoverTest, KeepsToItsLimit) {
    Mover mover(scratch_.folders, {2, 100});
    base::Instant start = base::steady_now();
    io::run_task(move_many(mover, 11));
    EXPECT_GE(base::steady_now() - start, std::chrono::milliseconds(95));
    EXPECT_EQ(paths_.size(), 11u);
}

TEST_F(MoverTest, AFailedMoveLeavesNothing) {
    Mover mover(scratch_.folders, {1, 0});
    Move broken = a_move("AAAA1");
    broken.content = std::make_unique<FailingSource>();
    io::run_task(move_failing(mover, std::move(broken)));
    EXPECT_EQ(failed_, EIO);

    std::filesystem::remove_all(scratch_.folders.root + "/deferred");
    std::ofstream(scratch_.folders.root + "/deferred") << "in the way";
    io::run_task(move_failing(mover, a_move("AAAA1")));
    EXPECT_EQ(failed_, ENOTDIR);
    std::filesystem::remove(scratch_.folders.root + "/deferred");
    std::filesystem::create_directory(scratch_.folders.root + "/deferred");
    EXPECT_TRUE(paths_.empty());
    EXPECT_EQ(files_in("deferred"), 0u);
    EXPECT_EQ(files_in("defer"), 0u);
}

TEST_F(MoverTest, PutsOnHold) {
    Mover mover(scratch_.folders, {1, 0});
    Move move = a_move("AAAA1");
    move.queue = "hold";
    io::run_task(move_one(mover, std::move(move)));
    EXPECT_EQ(paths_, (std::vector<std::string>{scratch_.folders.root + "/hold/AAAA1"}));
}

TEST_F(MoverTest, RemovesWhatACrashLeft) {
    write_moved(scratch_.folders, a_move("AAAA1"));
    std::string left = scratch_.folders.root + "/deferred/A/1795370392123456.77.3";
    put_file(left, "C_ ");
    put_file(scratch_.folders.root + "/hold/1.2.3", "");
    EXPECT_EQ(remove_unfinished(scratch_.folders), 2u);
    EXPECT_EQ(files_in("deferred"), 1u);
    EXPECT_EQ(files_in("hold"), 0u);
}

}  // namespace
