// Content and ContentSweep: reading what was received, and removing what nobody names.
#include "lib/spool/content.h"

#include "lib/spool/content_sweep.h"
#include "lib/spool/segment.h"
#include "tests/unit/lib/spool/log_fixture.h"

namespace spool_test {
namespace {

class ContentTest : public LogFixture {
  protected:
    // Commits content of its own under the ID "C1".
    spool::RecordRef commit(spool::Writer& writer, std::string content) {
        spool::RecordRef ref;
        auto write = [](spool::Writer& to, std::string bytes,
                        spool::RecordRef& at) -> io::Task<void> {
            spool::Draft draft = to.draft();
            for (char c : bytes.substr(0, 8)) {  // chunk borders everywhere
                std::string_view one(&c, 1);
                co_await draft.append(one);
            }
            std::string rest = bytes.substr(std::min<size_t>(8, bytes.size()));
            co_await draft.append(rest);
            EXPECT_EQ(draft.size(), bytes.size());
            EXPECT_EQ(draft.ends_line(), bytes.empty() || bytes.back() == '\n');
            mail::Envelope envelope = envelope_for("C1");
            spool::Committed committed = co_await to.commit(envelope, std::move(draft));
            at = committed.ref;
        };
        run(write(writer, std::move(content), ref));
        return ref;
    }
    spool::Content open(const spool::RecordRef& ref) {
        return spool::Content::open(disk_, "/q", ref);
    }
};

TEST_F(ContentTest, ReadsPiecesInsideAndInFiles) {
    spool::Writer writer(options_, disk_);
    for (size_t size : {0u, 5u, 5000u, 200'000u}) {
        std::string wanted = content_for("C1", 200'000).substr(0, size);
        auto content = open(commit(writer, wanted));
        EXPECT_EQ(content.size(), size);
        EXPECT_EQ(read_all(content), wanted);
        EXPECT_EQ(content.envelope(), envelope_for("C1"));
        char some[10];
        EXPECT_EQ(content.read(some, size), 0u);
        if (size > 100) {
            ASSERT_EQ(content.read(some, size - 4), 4u);
            EXPECT_EQ(std::string(some, 4), wanted.substr(size - 4));
        }
    }
    run(writer.close());
}

TEST_F(ContentTest, KnowsOfLeadingDots) {
    spool::Writer writer(options_, disk_);
    struct {
        const char* content;
        bool dots;
    } cases[] = {{"", false},
                 {".", true},
                 {"a.b\r\n", false},
                 {"a\r\n.b\r\n", true},
                 {"1234567\n.at the border", true},
                 {"12345678\r\n.behind it", true},
                 {"no\r\n dot.\r\n", false}};
    for (const auto& one : cases)
        EXPECT_EQ(open(commit(writer, one.content)).has_leading_dots(), one.dots) << one.content;
    run(writer.close());
}

TEST_F(ContentTest, KeepsItsSegmentFromBeingRecycled) {
    spool::RecordRef ref;
    {
        spool::Writer writer(options_, disk_);
        ref = commit(writer, "hello\r\n");
        run(writer.close());
    }
    spool::Pool pool(options_, disk_);
    {
        auto content = open(ref);
        EXPECT_EQ(pool.recycle(ref.segment, ref.epoch), spool::Recycled::busy);
        EXPECT_TRUE(content.still_valid());
    }
    EXPECT_EQ(pool.recycle(ref.segment, ref.epoch), spool::Recycled::freed);
    EXPECT_THROW(open(ref), spool::Gone);
    auto again = pool.claim(spool::Kind::mail, {}, {});
    EXPECT_THROW(open(ref), spool::Gone) << "the bytes are there still, under an older epoch";
}

TEST_F(ContentTest, ReadersShareAnOpeningAsLongAsOneOfThemReads) {
    spool::RecordRef first, second;
    {
        spool::Writer writer(options_, disk_);
        first = commit(writer, "hello\r\n");
        second = commit(writer, std::string(20'000, 'a'));
        run(writer.close());
    }
    ASSERT_EQ(first.segment, second.segment);
    spool::OpenSegments segments(disk_, "/q");
    spool::Pool pool(options_, disk_);
    {
        auto content = spool::Content::open(segments, second);
        EXPECT_EQ(segments.segment(first), segments.segment(second));
        EXPECT_EQ(read_all(content), std::string(20'000, 'a'));
        EXPECT_EQ(pool.recycle(first.segment, first.epoch), spool::Recycled::busy);
    }
    EXPECT_EQ(pool.recycle(first.segment, first.epoch), spool::Recycled::freed);
    EXPECT_THROW(spool::Content::open(segments, first), spool::Gone);
}

TEST_F(ContentTest, DamageIsGone) {
    spool::Writer writer(options_, disk_);
    auto ref = commit(writer, "hello\r\n");
    disk_.poke(spool::segment_path("/q", ref.segment), ref.offset + 100, "x");
    EXPECT_THROW(open(ref), spool::Gone);
    run(writer.close());
}

TEST_F(ContentTest, ASweepRemovesOrphansOnly) {
    spool::Writer writer(options_, disk_);
    commit(writer, std::string(100'000, 'a'));
    std::string named = disk_.list("/q/content").at(0);
    {
        auto orphan = disk_.open("/q/content/0123456789ABCDEF", spool::OpenMode::create);
        auto busy = disk_.open("/q/content/busy", spool::OpenMode::create);
        ASSERT_TRUE(busy->lock_exclusive(spool::LockByte::writer));
        spool::ContentSweep sweep(disk_, "/q");
        sweep.named(named);
        EXPECT_EQ(sweep.remove_rest(), 1u);
    }
    EXPECT_EQ(disk_.list("/q/content"), (std::vector<std::string>{named, "busy"}));
    run(writer.close());
}

}  // namespace
}  // namespace spool_test
