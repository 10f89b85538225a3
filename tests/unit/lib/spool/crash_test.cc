// After a crash at any moment every acknowledged message is there once, and nothing torn is.
#include <cstdlib>
#include <set>

#include "lib/io/scope.h"
#include "tests/unit/lib/spool/log_fixture.h"

namespace spool_test {
namespace {

constexpr Tear all_tears[] = {Tear::nothing_lost, Tear::all_lost, Tear::cut, Tear::blocks,
                              Tear::sectors};

// POSTHASTE_SOAK=1 looks at many times as many crashes.
unsigned times() {
    return std::getenv("POSTHASTE_SOAK") ? 60 : 1;
}

// A load on a disk, and the crash states looked at while it runs.
class CrashTest : public LogFixture {
  protected:
    io::Task<void> send(spool::Writer& writer, int count, unsigned seed) {
        std::mt19937 random(seed);
        for (int i = 0; i < count; ++i) {
            size_t size = random() % 8 == 0 ? 60'000 : random() % 8000;
            spool::Refused::Why why{};
            std::optional<std::string> id = co_await commit_one(writer, size, why);
            std::lock_guard hold(mutex_);
            if (id)
                EXPECT_TRUE(acked_.insert(*id).second) << "a queue ID twice: " << *id;
            else
                ++refused_;
        }
    }

    io::Task<void> load(spool::Disk& disk, unsigned seed, int tasks, int each) {
        spool::Writer writer(options_, disk);
        io::Scope scope;
        for (int i = 0; i < tasks; ++i)
            scope.spawn(send(writer, each, seed * 100 + i));
        co_await scope.join();
        co_await writer.close();
    }

    // Every acknowledged message once and whole; no damage, for none was done.
    void expect_good(MemoryDisk& after, const std::set<std::string>& acked,
                     const std::string& when) {
        Found found = recover(after, options_);
        for (const std::string& id : acked)
            EXPECT_EQ(found.messages[id], 1) << when << ": " << id;
        for (const auto& [id, count] : found.messages)
            EXPECT_LE(count, 1) << when << ": " << id;
        EXPECT_TRUE(found.wrong.empty()) << when;
        EXPECT_EQ(found.damaged, 0u) << when;
    }

    // Looks at a crash before every `stride`-th change.
    MemoryDisk::Fault crashes(const MemoryDisk& disk, unsigned seed, unsigned stride) {
        return [this, &disk, seed, stride](uint64_t number, Call) {
            if ((number + seed) % stride != 0)
                return 0;
            std::set<std::string> acked;
            {
                std::lock_guard hold(mutex_);
                acked = acked_;
            }
            unsigned one = seed * 1000 + static_cast<unsigned>(number);
            Tear tear = all_tears[one % std::size(all_tears)];
            auto after = disk.crash_locked(tear, one);
            expect_good(
                *after, acked,
                base::text("seed ", seed, " change ", number, " tear ", static_cast<int>(tear)));
            ++looked_at_;
            return 0;
        };
    }

    std::mutex mutex_;
    std::set<std::string> acked_;
    unsigned refused_ = 0;
    unsigned looked_at_ = 0;
};

TEST_F(CrashTest, EveryAcknowledgedMessageIsThereOnce) {
    for (unsigned seed = 1; seed <= 2 * times(); ++seed) {
        acked_.clear();
        MemoryDisk disk(seed);
        disk.on_change(crashes(disk, seed, 9));
        run(load(disk, seed, 6, 8));
        disk.on_change(nullptr);
        EXPECT_EQ(acked_.size(), 48u);
        expect_good(disk, acked_, "at the end");
    }
    EXPECT_GE(looked_at_, 20u);
}

TEST_F(CrashTest, OneCrashAfterAnother) {
    for (unsigned seed = 1; seed <= times(); ++seed) {
        acked_.clear();
        auto disk = std::make_unique<MemoryDisk>(seed);
        for (unsigned round = 0; round < 4; ++round) {
            disk->on_change(crashes(*disk, seed * 10 + round, 11));
            run(load(*disk, seed * 10 + round, 3, 4));
            disk->on_change(nullptr);
            Tear tear = all_tears[(seed + round) % std::size(all_tears)];
            disk = disk->crash(tear, seed + round);
            expect_good(*disk, acked_, "between rounds");
        }
    }
}

// --- failing disks ---

class FaultTest : public CrashTest {
  protected:
    // A load that meets `error` at the changes from `first` to `last`.
    void with_fault(uint64_t first, uint64_t last, int error) {
        std::string when = base::text("error ", error, " at ", first);
        acked_.clear();
        refused_ = 0;
        MemoryDisk disk(static_cast<unsigned>(first));
        disk.on_change([=](uint64_t n, Call call) {
            bool undone = call == Call::unlink;  // tidying up may fail, but is not what is tested
            return n >= first && n <= last && !undone ? error : 0;
        });
        run(load(disk, static_cast<unsigned>(first) + 1, 3, 5));
        disk.on_change(nullptr);
        EXPECT_EQ(acked_.size() + refused_, 15u) << when;
        for (Tear tear : all_tears) {
            auto after = disk.crash(tear, static_cast<unsigned>(first));
            expect_good(*after, acked_, when);
            EXPECT_EQ(recover(*after, options_).messages.size(), acked_.size())
                << when << ": what was refused came back";
        }
    }
    uint64_t changes_without_fault() {
        MemoryDisk disk;
        run(load(disk, 1, 3, 5));
        return disk.changes();
    }
};

TEST_F(FaultTest, OneErrorAnywhereLosesNothingAndRevivesNothing) {
    uint64_t changes = changes_without_fault();
    ASSERT_GT(changes, 20u);
    for (unsigned again = 0; again < times(); ++again)
        for (int error : {EIO, ENOSPC})
            for (uint64_t at = error % 3; at<changes; at += times()> 1 ? 1 : 4)
                with_fault(at, at, error);
}

TEST_F(FaultTest, SomeErrorsInARowLoseNothing) {
    uint64_t changes = changes_without_fault();
    for (uint64_t at = 0; at<changes; at += times()> 1 ? 1 : 4)
        with_fault(at, at + 3, EIO);
}

TEST_F(FaultTest, ServiceGoesOnWhenTheFaultEnds) {
    options_.refuse_within = std::chrono::milliseconds(250);
    spool::Writer writer(options_, disk_);
    run(send(writer, 3, 1));
    EXPECT_EQ(acked_.size(), 3u);
    disk_.on_change([](uint64_t, Call call) { return call == Call::flush ? EIO : 0; });
    run(send(writer, 4, 2));
    EXPECT_EQ(refused_, 4u);
    disk_.on_change(nullptr);
    auto poisoned = writer.published().back();
    auto later = []() -> io::Task<void> { co_await io::sleep(std::chrono::milliseconds(120)); };
    run(later());
    run(send(writer, 3, 3));
    EXPECT_EQ(acked_.size(), 6u);
    run(writer.close());
    for (Tear tear : all_tears) {
        auto after = disk_.crash(tear, 7);
        expect_good(*after, acked_, "after the fault");
    }
    // The segment that failed is removed, not used again; the one with the note on it goes later.
    spool::Pool pool(options_, disk_);
    auto noting = pool.segments().back();
    for (const auto& info : pool.segments())
        if (info.state == spool::SegmentState::sealed)
            noting = info;
    EXPECT_EQ(pool.recycle(noting.number, noting.epoch), spool::Recycled::waiting);
    EXPECT_EQ(pool.recycle(poisoned.segment, poisoned.epoch), spool::Recycled::freed);
    EXPECT_FALSE(disk_.exists(spool::segment_path("/q", poisoned.segment)));
    EXPECT_EQ(pool.recycle(noting.number, noting.epoch), spool::Recycled::freed);
}

// Mail that was refused stays away even where the process dies before it takes any more mail.
TEST_F(FaultTest, WhatWasRefusedIsNotedThoughNoMailComes) {
    options_.refuse_within = std::chrono::milliseconds(50);
    spool::Writer writer(options_, disk_);
    disk_.on_change([](uint64_t, Call call) { return call == Call::flush ? EIO : 0; });
    run(send(writer, 3, 1));
    EXPECT_EQ(refused_, 3u);
    disk_.on_change(nullptr);
    auto later = []() -> io::Task<void> { co_await io::sleep(std::chrono::milliseconds(500)); };
    run(later());
    auto after = disk_.crash(Tear::nothing_lost, 7);
    EXPECT_TRUE(recover(*after, options_).messages.empty());
    run(writer.close());
}

// --- damage that no crash explains ---

class DamageTest : public CrashTest {
  protected:
    // Writes messages one by one, a batch each, then destroys bytes of the segment.
    Found damaged(const std::vector<std::pair<uint64_t, size_t>>& holes) {
        run(load(disk_, 5, 1, 12));
        Found before = recover(disk_, options_);
        path_ = spool::segment_path("/q", before.records[0].ref.segment);
        first_ = before.records[0].ref.offset;
        for (auto [offset, length] : holes)
            disk_.poke(path_, first_ + offset, std::string(length, '\x5a'));
        return recover(disk_, options_);
    }
    std::string path_;
    uint64_t first_ = 0;
};

TEST_F(DamageTest, NeverHidesTheRecordsAfterIt) {
    Found found = damaged({{0, 512}});  // the first record's header
    EXPECT_EQ(found.messages.size(), acked_.size() - 1);
    EXPECT_EQ(found.damaged, 1u);
    EXPECT_TRUE(found.wrong.empty());
    EXPECT_EQ(disk_.list("/q/corrupt").size(), 1u);
}

TEST_F(DamageTest, OfContentIsFound) {
    Found found = damaged({{600, 1}});
    EXPECT_EQ(found.messages.size(), acked_.size() - 1);
    EXPECT_EQ(found.damaged, 1u);
    EXPECT_TRUE(found.wrong.empty());
}

TEST_F(DamageTest, LosesNoMoreThanItTouches) {
    Found found = damaged({{0, 512}, {4096, 512}, {20000, 4096}});
    EXPECT_LE(found.messages.size(), acked_.size() - 1);
    EXPECT_GE(found.messages.size(), acked_.size() - 4);
    EXPECT_GE(found.damaged, 1u);
    EXPECT_TRUE(found.wrong.empty());
}

TEST_F(DamageTest, ALostContentFileIsDamage) {
    run(load(disk_, 5, 1, 12));
    auto files = disk_.list("/q/content");
    ASSERT_FALSE(files.empty());
    disk_.unlink("/q/content/" + files[0]);
    Found found = recover(disk_, options_);
    EXPECT_EQ(found.messages.size(), acked_.size() - 1);
    EXPECT_EQ(found.damaged, 1u);
}

TEST_F(DamageTest, BytesOfAMessageNeverPassForARecord) {
    run(load(disk_, 5, 1, 3));
    Found before = recover(disk_, options_);
    const auto& ref = before.records[0].ref;
    std::string record = disk_.peek(spool::segment_path("/q", ref.segment)).substr(ref.offset, 80);
    spool::Writer writer(options_, disk_);
    auto write = [](spool::Writer& to, std::string forged) -> io::Task<void> {
        spool::Draft draft = to.draft();
        std::string content(8000, 'x');
        for (size_t at = 0; at + 80 <= content.size(); at += 64)
            content.replace(at, 80, forged);
        co_await draft.append(content);
        mail::Envelope envelope = envelope_for("FORGED");
        co_await to.commit(envelope, std::move(draft));
        co_await to.close();
    };
    run(write(writer, record));
    size_t count = 0;
    for (const auto& info : spool::Pool(options_, disk_).segments()) {
        if (info.state == spool::SegmentState::free)
            continue;
        spool::Reader reader(options_, info.number, disk_);
        ASSERT_TRUE(reader.take_over());
        while (reader.next())
            ++count;
    }
    EXPECT_EQ(count, 4u);
}

}  // namespace
}  // namespace spool_test
