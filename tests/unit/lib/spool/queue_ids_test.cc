// Queue IDs: their look, and that none comes twice.
#include "lib/spool/queue_ids.h"

#include <set>

#include "lib/spool/segment.h"

#include "tests/unit/lib/spool/log_fixture.h"

namespace spool_test {
namespace {

using base::WallTime;
using namespace std::chrono_literals;

TEST(QueueIds, HavePostfixsLook) {
    WallTime time{1'700'000'000s + 703'710us};
    EXPECT_EQ(spool::short_queue_id(time, 0x10000), "ABCDE10000");
    EXPECT_EQ(spool::short_queue_id(WallTime{5us}, 0xABCDEF), "00005ABCDEF");
    // Seconds and microseconds in base 52, 'z', the number in base 51 (which has no 'z').
    std::string id = spool::long_queue_id(time, 50);
    EXPECT_EQ(id.size(), 12u);
    EXPECT_EQ(id[10], 'z');
    EXPECT_EQ(id[11], 'y');
    EXPECT_EQ(spool::long_queue_id(WallTime{0us}, 51), "0000000000z10");
    EXPECT_EQ(spool::long_queue_id(WallTime{1s + 1us}, 1), "0000010001z1");
}

TEST(QueueIds, LongOnesAreInOrderOfTime) {
    EXPECT_LT(spool::long_queue_id(WallTime{1'700'000'000s}, 9),
              spool::long_queue_id(WallTime{1'700'000'001s}, 1));
}

class QueueNumbersTest : public LogFixture {
  protected:
    std::vector<std::string> ids(spool::Writer& writer, int count) {
        std::vector<std::string> made;
        for (int i = 0; i < count; ++i)
            made.push_back(writer.next_id().text());
        return made;
    }
};

TEST_F(QueueNumbersTest, NeverRepeatThoughTheClockStepsBack) {
    for (bool long_ids : {false, true}) {
        io::ManualClock clock;
        io::Loop loop(clock);
        options_.long_ids = long_ids;
        std::set<std::string> seen;
        for (int round = 0; round < 6; ++round) {
            spool::Writer one(options_, disk_), two(options_, disk_);
            for (int i = 0; i < 3000; ++i)
                for (spool::Writer* writer : {&one, &two})
                    for (std::string& id : ids(*writer, 1))
                        EXPECT_TRUE(seen.insert(id).second) << id;
            clock.step_wall(-7s);  // and every round starts at the same times again
            loop.run_until_idle();
        }
    }
}

TEST_F(QueueNumbersTest, AreDurableBeforeTheyAreUsed) {
    uint64_t last = spool::reserve_numbers(disk_, "/q", 10);
    for (unsigned seed = 0; seed < 40; ++seed) {
        auto after = disk_.crash(seed % 2 ? Tear::sectors : Tear::all_lost, seed);
        EXPECT_GE(spool::reserve_numbers(*after, "/q", 1), last + 10);
        last = spool::reserve_numbers(disk_, "/q", 10);
    }
}

TEST_F(QueueNumbersTest, ALostCounterStartsFarAway) {
    EXPECT_EQ(spool::reserve_numbers(disk_, "/q", 10), 0x10000u);
    spool::Pool(options_, disk_).claim(spool::Kind::mail, {}, {});
    disk_.unlink("/q/log/ids");
    EXPECT_GE(spool::reserve_numbers(disk_, "/q", 10), uint64_t{1} << 32);
}

TEST_F(QueueNumbersTest, WithoutADiskTheyAreRefused) {
    disk_.on_change([](uint64_t, Call) { return EIO; });
    spool::Writer writer(options_, disk_);
    EXPECT_THROW(writer.next_id(), spool::Refused);
    disk_.on_change(nullptr);
    EXPECT_TRUE(mail::QueueId::valid(writer.next_id().text()));
}

}  // namespace
}  // namespace spool_test
