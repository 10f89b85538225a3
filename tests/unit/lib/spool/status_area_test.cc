// StatusArea: how far each recipient is, across the ends of processes and of power.
#include "lib/spool/status_area.h"

#include <filesystem>

#include "lib/spool/segment.h"
#include "tests/unit/lib/spool/log_fixture.h"
#include "tests/unit/lib/spool/scratch_queue.h"

namespace spool_test {
namespace {

using spool::RecipientState;
using spool::StatusArea;
using enum spool::RecipientState;
using States = std::vector<RecipientState>;

class StatusAreaTest : public LogFixture {
  protected:
    StatusAreaTest() {
        options_.segment_size = 1 << 20;  // so that there are several status blocks
        segment_ = spool::Pool(options_, disk_).claim(spool::Kind::mail, {}, {});
        id_ = {segment_->number(), segment_->epoch()};
    }
    spool::RecordRef record(uint64_t offset, uint32_t status_index) {
        return {id_.segment, id_.epoch, offset, status_index};
    }
    std::unique_ptr<spool::Segment> segment_;
    spool::SegmentId id_;
};

TEST_F(StatusAreaTest, GivesBackWhatWasMarked) {
    StatusArea area("/q", disk_);
    auto first = record(20480, 0), second = record(24576, 3);
    EXPECT_EQ(area.read(first, 3), (States{pending, pending, pending}));
    area.mark(first, 1, delivered);
    area.mark(second, 0, failed_owed);
    EXPECT_EQ(area.read(first, 3), (States{pending, delivered, pending}));
    EXPECT_EQ(area.read(second, 2), (States{failed_owed, pending}));
    area.mark(second, 0, reported);
    area.mark(first, 1, done);
    EXPECT_EQ(StatusArea("/q", disk_).read(second, 1), States{reported});
    EXPECT_EQ(StatusArea("/q", disk_).read(first, 2), (States{pending, done}));
}

TEST_F(StatusAreaTest, GarbageReadsAsPending) {
    StatusArea area("/q", disk_);
    auto ref = record(20480, 0);
    area.mark(ref, 0, delivered);
    std::string word = disk_.peek("/q/log/000001").substr(8192, 8);
    EXPECT_EQ(area.read(record(24576, 0), 1), States{pending}) << "another record's word";
    disk_.poke("/q/log/000001", 8192 + 8, word);
    EXPECT_EQ(area.read(ref, 2), (States{delivered, pending})) << "another recipient's word";
    disk_.poke("/q/log/000001", 8192, std::string(4096, '\x77'));
    EXPECT_EQ(area.read(ref, 1), States{pending});
}

TEST_F(StatusAreaTest, MarksSurviveTheEndOfProcessesAtOnce) {
    StatusArea("/q", disk_).mark(record(20480, 7), 0, delivered);
    auto after = disk_.crash(Tear::nothing_lost, 1);
    EXPECT_EQ(StatusArea("/q", *after).read(record(20480, 7), 1), States{delivered});
}

TEST_F(StatusAreaTest, ACheckpointSurvivesLossOfPowerAndOfTheLiveWords) {
    StatusArea area("/q", disk_);
    auto ref = record(20480, 500);  // over the border of two checkpoint blocks
    for (uint32_t i = 0; i < 20; ++i)
        area.mark(ref, i, delivered);
    area.checkpoint({&id_, 1});
    area.mark(ref, 3, done);
    auto after = disk_.crash(Tear::all_lost, 1);
    after->poke("/q/log/000001", 8192, std::string(8192, '\x33'));
    States states = StatusArea("/q", *after).read(ref, 21);
    EXPECT_EQ(states, [] {
        States all(20, delivered);
        all.push_back(pending);
        return all;
    }());
    // Reading repaired the live words, so that the next checkpoint does not forget.
    StatusArea next("/q", *after);
    next.checkpoint({&id_, 1});
    next.checkpoint({&id_, 1});
    next.mark(ref, 20, delivered);
    next.checkpoint({&id_, 1});
    auto again = after->crash(Tear::all_lost, 2);
    again->poke("/q/log/000001", 8192, std::string(8192, '\0'));
    EXPECT_EQ(StatusArea("/q", *again).read(ref, 21), States(21, delivered));
}

// Whatever a crash tears, no more than the marks since the last checkpoint is forgotten, and no
// recipient is further than it was marked.
TEST_F(StatusAreaTest, TornCheckpointsCostTheLastOneAtMost) {
    StatusArea area("/q", disk_);
    auto ref = record(20480, 0);
    constexpr uint32_t recipients = 600;
    unsigned looked_at = 0;
    uint32_t marked = 0, flushed = 0;
    disk_.on_change([&](uint64_t number, Call) {
        for (Tear tear : {Tear::all_lost, Tear::cut, Tear::blocks, Tear::sectors}) {
            if (number % 5 != 0)
                break;
            auto after = disk_.crash_locked(tear, static_cast<unsigned>(number));
            States states = StatusArea("/q", *after).read(ref, recipients);
            for (uint32_t i = 0; i < recipients; ++i) {
                EXPECT_FALSE(i < flushed && states[i] == pending) << number << " " << i;
                EXPECT_FALSE(i >= marked && states[i] != pending) << number << " " << i;
            }
            ++looked_at;
        }
        return 0;
    });
    while (marked < recipients) {
        for (int n = 0; n < 25; ++n)
            area.mark(ref, marked++, delivered);
        area.checkpoint({&id_, 1});
        flushed = marked;
    }
    disk_.on_change(nullptr);
    EXPECT_GT(looked_at, 100u);
}

TEST_F(StatusAreaTest, AFailedCheckpointIsMadeAgainWhole) {
    StatusArea area("/q", disk_);
    auto ref = record(20480, 0);
    area.mark(ref, 0, delivered);
    area.checkpoint({&id_, 1});
    area.mark(ref, 1, delivered);
    disk_.on_change([](uint64_t, Call call) { return call == Call::flush ? EIO : 0; });
    EXPECT_THROW(area.checkpoint({&id_, 1}), base::SystemError);
    EXPECT_THROW(area.checkpoint({&id_, 1}), base::SystemError);
    disk_.on_change(nullptr);
    auto between = disk_.crash(Tear::all_lost, 5);
    EXPECT_EQ(StatusArea("/q", *between).read(ref, 1), States{delivered});
    area.checkpoint({&id_, 1});
    auto after = disk_.crash(Tear::all_lost, 6);
    after->poke("/q/log/000001", 8192, std::string(4096, '\0'));
    EXPECT_EQ(StatusArea("/q", *after).read(ref, 2), (States{delivered, delivered}));
}

TEST_F(StatusAreaTest, AnotherEpochIsNotTouched) {
    StatusArea area("/q", disk_);
    auto ref = record(20480, 0);
    ref.epoch[0] ^= 1;
    EXPECT_THROW(area.mark(ref, 0, delivered), base::SystemError);
    spool::SegmentId gone{99, id_.epoch};
    area.checkpoint({&gone, 1});
}

// How many removed files below `folder` this process has open.
size_t removed_but_open(const std::string& folder) {
    size_t count = 0;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        std::string name = std::filesystem::read_symlink(each, gone);
        count += name.starts_with(folder) && name.ends_with(" (deleted)");
    }
    return count;
}

TEST(StatusAreaOnDisk, LetsGoOfSegmentsThatWereRemoved) {
    ScratchQueue scratch;
    spool::Options options = small_options();
    options.queue_directory = std::filesystem::canonical(scratch.folders.root);
    std::filesystem::create_directory(options.queue_directory + "/log");
    spool::Pool pool(options);
    StatusArea area(options.queue_directory);
    for (int i = 0; i < 4; ++i) {
        auto segment = pool.claim(spool::Kind::mail, {}, {});
        area.mark({segment->number(), segment->epoch(), 20480, 0}, 0, delivered);
        EXPECT_EQ(removed_but_open(options.queue_directory), 0u);
        std::string path = spool::segment_path(options.queue_directory, segment->number());
        segment.reset();
        std::filesystem::remove(path);
    }
}

}  // namespace
}  // namespace spool_test
