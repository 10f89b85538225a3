// Pool: who may claim, and when a segment may be used again.
#include "lib/spool/pool.h"

#include "lib/spool/segment.h"
#include "tests/unit/lib/spool/log_fixture.h"

namespace spool_test {
namespace {

using spool::Kind;
using spool::Pool;
using spool::Recycled;
using spool::SegmentState;

class PoolTest : public LogFixture {
  protected:
    std::unique_ptr<spool::Segment> claim(std::vector<spool::Note> notes = {}) {
        return pool_.claim(Kind::mail, notes, {});
    }
    SegmentState state_of(uint32_t number) {
        for (const auto& info : pool_.segments())
            if (info.number == number)
                return info.state;
        throw std::runtime_error("no such segment");
    }
    Pool pool_{options_, disk_};
};

TEST_F(PoolTest, MakesASegmentWhereThereIsNone) {
    auto segment = claim();
    EXPECT_EQ(segment->number(), 1u);
    EXPECT_EQ(state_of(1), SegmentState::in_use);
    EXPECT_EQ(disk_.peek("/q/log/000001").size(), options_.segment_size);
    auto after = disk_.crash(Tear::all_lost, 1);
    EXPECT_EQ(Pool(options_, *after).segments().size(), 1u) << "the claim is durable";
}

TEST_F(PoolTest, TwoWritersNeverHaveTheSame) {
    auto one = claim();
    auto two = claim();
    EXPECT_NE(one->number(), two->number());
    EXPECT_NE(one->epoch(), two->epoch());
}

TEST_F(PoolTest, FillsUpToTheLeastAndClaimsFromThere) {
    options_.pool_min = 3;
    Pool pool(options_, disk_);
    pool.fill();
    EXPECT_EQ(pool.free_segments(), 3u);
    pool.fill();
    EXPECT_EQ(pool.free_segments(), 3u);
    auto segment = pool.claim(Kind::journal, {}, {});
    EXPECT_EQ(pool.free_segments(), 2u);
    EXPECT_EQ(pool.segments().size(), 3u);
}

TEST_F(PoolTest, MakesNoneWithoutRoom) {
    disk_.set_free_bytes(options_.segment_size - 1);
    try {
        claim();
        FAIL();
    } catch (const spool::Refused& refused) {
        EXPECT_EQ(refused.why, spool::Refused::no_space);
    }
}

TEST_F(PoolTest, ALateErrorLeavesNoHalfSegment) {
    for (int error : {ENOSPC, EIO}) {
        disk_.on_change([error](uint64_t, Call call) { return call == Call::flush ? error : 0; });
        EXPECT_THROW(claim(), std::runtime_error);
        disk_.on_change(nullptr);
        EXPECT_TRUE(disk_.list("/q/log").empty());
    }
}

TEST_F(PoolTest, RecyclesOnlyWhatNobodyUses) {
    auto segment = claim();
    auto epoch = segment->epoch();
    EXPECT_EQ(pool_.recycle(1, epoch), Recycled::busy) << "its writer lives";
    segment.reset();
    {
        spool::Reader reader(options_, 1, disk_);
        EXPECT_EQ(pool_.recycle(1, epoch), Recycled::busy) << "somebody reads it";
    }
    spool::Epoch other{};
    EXPECT_EQ(pool_.recycle(1, other), Recycled::changed);
    EXPECT_EQ(pool_.recycle(1, epoch), Recycled::freed);
    EXPECT_EQ(state_of(1), SegmentState::free);
    EXPECT_EQ(pool_.recycle(1, epoch), Recycled::changed);
    EXPECT_EQ(pool_.recycle(77, epoch), Recycled::changed) << "there is none";
    EXPECT_NE(claim()->epoch(), epoch);
    EXPECT_EQ(pool_.segments().size(), 1u) << "used again";
}

TEST_F(PoolTest, KeepsNoMoreFreeThanItShould) {
    options_.pool_max = 1;
    Pool pool(options_, disk_);
    auto one = claim(), two = claim();
    auto epoch_one = one->epoch(), epoch_two = two->epoch();
    one.reset();
    two.reset();
    EXPECT_EQ(pool.recycle(1, epoch_one), Recycled::freed);
    EXPECT_EQ(pool.recycle(2, epoch_two), Recycled::freed);
    EXPECT_EQ(pool.free_segments(), 1u);
    EXPECT_FALSE(disk_.exists("/q/log/000002"));
}

TEST_F(PoolTest, ANoteOutlivesWhatItIsAbout) {
    auto poisoned = claim();
    auto bearer = claim({{poisoned->number(), poisoned->epoch(), 12345}});
    auto epoch = poisoned->epoch(), bearing = bearer->epoch();
    poisoned.reset();
    bearer.reset();
    EXPECT_EQ(pool_.recycle(2, bearing), Recycled::waiting);
    EXPECT_EQ(pool_.recycle(1, epoch), Recycled::freed);
    EXPECT_FALSE(disk_.exists("/q/log/000001")) << "what failed once is not trusted again";
    EXPECT_EQ(pool_.recycle(2, bearing), Recycled::freed);
    EXPECT_EQ(state_of(2), SegmentState::free);
}

TEST_F(PoolTest, RemovesRemainsButSavesWhatWasDamaged) {
    claim();
    claim();
    disk_.poke("/q/log/000001", 0, std::string(8192, '\0'));  // as a making leaves it
    disk_.poke("/q/log/000002", 100, "damage");
    disk_.poke("/q/log/000002", 4196, "damage");
    pool_.fill();
    EXPECT_FALSE(disk_.exists("/q/log/000001"));
    EXPECT_FALSE(disk_.exists("/q/log/000002"));
    EXPECT_EQ(disk_.list("/q/corrupt"), std::vector<std::string>{"log-2"});
}

TEST_F(PoolTest, ATornHeaderLeavesTheStateBefore) {
    auto segment = claim();
    auto before = segment->header();
    auto next = before;
    next.state = SegmentState::sealed;
    disk_.on_change([](uint64_t, Call call) { return call == Call::flush ? EIO : 0; });
    EXPECT_THROW(segment->change(next), base::SystemError);
    EXPECT_THROW(segment->change(next), base::SystemError);
    disk_.on_change(nullptr);
    for (unsigned seed = 0; seed < 20; ++seed) {
        auto after = disk_.crash(Tear::sectors, seed);
        auto found = Pool(options_, *after).segments();
        ASSERT_EQ(found.size(), 1u);
        EXPECT_EQ(found[0].epoch, before.epoch);
    }
}

}  // namespace
}  // namespace spool_test
