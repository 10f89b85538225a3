// Writer: what is committed is found again, and what is refused leaves nothing behind.
#include "lib/spool/writer.h"

#include <chrono>
#include <thread>

#include "lib/io/scope.h"
#include "tests/unit/lib/spool/log_fixture.h"

namespace spool_test {
namespace {

using spool::Refused;
using spool::Writer;

class WriterTest : public LogFixture {
  protected:
    // Commits `count` messages of this size one after the other.
    io::Task<void> commit_some(Writer& writer, int count, size_t size) {
        for (int i = 0; i < count; ++i) {
            Refused::Why why{};
            std::optional<std::string> id = co_await commit_one(writer, size, why);
            if (id)
                acked_.push_back(*id);
            else
                refused_.push_back(why);
        }
    }
    io::Task<void> commit_at_once(Writer& writer, int tasks, int each, size_t size) {
        io::Scope scope;
        for (int i = 0; i < tasks; ++i)
            scope.spawn(commit_some(writer, each, size));
        co_await scope.join();
    }
    void expect_all_found(unsigned damaged = 0) {
        Found found = recover(disk_, options_);
        EXPECT_EQ(found.damaged, damaged);
        EXPECT_TRUE(found.wrong.empty());
        EXPECT_EQ(found.messages.size(), acked_.size());
        for (const std::string& id : acked_)
            EXPECT_EQ(found.messages[id], 1) << id;
    }

    std::vector<std::string> acked_;
    std::vector<Refused::Why> refused_;
};

TEST_F(WriterTest, WhatIsCommittedIsFoundAgain) {
    {
        Writer writer(options_, disk_);
        run(commit_some(writer, 5, 4096));
        run(writer.close());
    }
    EXPECT_EQ(acked_.size(), 5u);
    expect_all_found();
}

TEST_F(WriterTest, FillsManySegments) {
    {
        Writer writer(options_, disk_);
        run(commit_at_once(writer, 20, 20, 4000));
        run(writer.close());
    }
    EXPECT_EQ(acked_.size(), 400u);
    EXPECT_GE(spool::Pool(options_, disk_).segments().size(), 6u);
    expect_all_found();
}

TEST_F(WriterTest, OneFlushServesAllWhoWait) {
    Writer writer(options_, disk_);
    run(commit_some(writer, 1, 100));
    unsigned before = disk_.flushes("/log/");
    disk_.on_change([](uint64_t, Call call) {
        if (call == Call::flush)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return 0;
    });
    run(commit_at_once(writer, 50, 1, 100));
    disk_.on_change(nullptr);
    EXPECT_EQ(acked_.size(), 51u);
    EXPECT_LE(disk_.flushes("/log/") - before, 5u);
    run(writer.close());
}

TEST_F(WriterTest, LargeContentGoesToAFile) {
    {
        Writer writer(options_, disk_);
        run(commit_some(writer, 2, 300'000));
        run(commit_some(writer, 1, options_.inline_limit));
        run(commit_some(writer, 1, options_.inline_limit + 1));
        run(writer.close());
    }
    EXPECT_EQ(disk_.list("/q/content").size(), 3u);
    expect_all_found();
}

TEST_F(WriterTest, ContentBeyondTheMemoryBudgetGoesToAFile) {
    options_.memory_budget = 10'000;
    {
        Writer writer(options_, disk_);
        run(commit_at_once(writer, 10, 1, 6000));
        run(writer.close());
    }
    EXPECT_GE(disk_.list("/q/content").size(), 5u);
    expect_all_found();
}

TEST_F(WriterTest, AnAbandonedDraftLeavesNothing) {
    {
        Writer writer(options_, disk_);
        auto abandon = [](Writer& to) -> io::Task<void> {
            spool::Draft draft = to.draft();
            std::string much(100'000, 'x');
            co_await draft.append(much);
        };
        run(abandon(writer));
        run(writer.close());
    }
    EXPECT_TRUE(disk_.list("/q/content").empty());
    expect_all_found();
}

TEST_F(WriterTest, RefusesWhatIsTooLarge) {
    options_.message_limit = 20'000;
    Writer writer(options_, disk_);
    run(commit_some(writer, 1, 20'001));
    run(commit_some(writer, 1, 20'000));
    run(writer.close());
    EXPECT_EQ(refused_, std::vector{Refused::too_big});
    EXPECT_EQ(acked_.size(), 1u);
}

TEST_F(WriterTest, RefusesAnEnvelopeLargerThanASegmentAndGoesOn) {
    Writer writer(options_, disk_);
    Refused::Why why{};
    auto too_many = [](Writer& to, Refused::Why& said) -> io::Task<void> {
        mail::Envelope envelope = envelope_for("X1", 3000);
        spool::Draft draft = to.draft();
        try {
            co_await to.commit(envelope, std::move(draft));
        } catch (const Refused& refused) {
            said = refused.why;
        }
    };
    run(too_many(writer, why));
    EXPECT_EQ(why, Refused::too_big);
    run(commit_some(writer, 2, 100));
    run(writer.close());
    expect_all_found();
}

TEST_F(WriterTest, RefusesWhenThereIsNoRoom) {
    options_.min_free = 1000;
    disk_.set_free_bytes(options_.segment_size + 999);
    Writer writer(options_, disk_);
    EXPECT_FALSE(writer.has_room(options_.segment_size));
    EXPECT_TRUE(writer.has_room(10));
    run(commit_some(writer, 2, 100));
    EXPECT_EQ(refused_, (std::vector{Refused::no_space, Refused::no_space}));
    disk_.set_free_bytes(options_.segment_size + 1000);
    auto later = []() -> io::Task<void> { co_await io::sleep(std::chrono::milliseconds(120)); };
    run(later());
    run(commit_some(writer, 1, 100));
    EXPECT_EQ(acked_.size(), 1u);
    run(writer.close());
}

TEST_F(WriterTest, PublishesWhatItClaimedAheadAsEmpty) {
    Writer writer(options_, disk_);
    for (int i = 0; i < 1000 && writer.published().empty(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto ahead = writer.published();
    ASSERT_EQ(ahead.size(), 1u);
    EXPECT_EQ(ahead[0].committed, 0u);
    run(commit_some(writer, 1, 100));
    auto used = writer.published();
    ASSERT_EQ(used.size(), 1u);
    EXPECT_EQ(used[0].epoch, ahead[0].epoch);
    EXPECT_GT(used[0].committed, 0u);
    run(writer.close());
}

TEST_F(WriterTest, PublishesWhatIsDurable) {
    Writer writer(options_, disk_);
    run(commit_some(writer, 3, 100));
    auto published = writer.published();
    ASSERT_EQ(published.size(), 1u);
    spool::Reader reader(options_, published[0].segment, disk_);
    EXPECT_FALSE(reader.take_over()) << "its writer lives";
    EXPECT_FALSE(reader.next());
    reader.published(published[0].epoch, published[0].committed);
    for (const std::string& id : acked_)
        EXPECT_EQ(reader.next()->envelope.queue_id, id);
    EXPECT_FALSE(reader.next());
    run(commit_some(writer, 1, 100));
    EXPECT_FALSE(reader.next()) << "not published to this reader";
    run(writer.close());
    EXPECT_TRUE(reader.take_over());
    EXPECT_EQ(reader.next()->envelope.queue_id, acked_.back());
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.finished());
}

TEST_F(WriterTest, AJournalRotates) {
    options_.kind = spool::Kind::journal;
    Writer writer(options_, disk_);
    auto write = [](Writer& to) -> io::Task<void> {
        co_await to.append("first");
        co_await to.rotate();
        co_await to.append("second");
        co_await to.close();
    };
    run(write(writer));
    std::vector<std::string> entries;
    for (const auto& info : spool::Pool(options_, disk_).segments()) {
        if (info.state == spool::SegmentState::free)
            continue;
        EXPECT_EQ(info.kind, spool::Kind::journal);
        spool::Reader reader(options_, info.number, disk_);
        ASSERT_TRUE(reader.take_over());
        while (auto record = reader.next())
            entries.push_back(record->entry);
        EXPECT_EQ(entries.size() % 3, info.number % 3) << "a segment each";
    }
    EXPECT_EQ(entries, (std::vector<std::string>{"first", "second"}));
}

}  // namespace
}  // namespace spool_test
