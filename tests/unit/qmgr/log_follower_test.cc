// The log as qmgr follows it, with writers that come and go.
#include "qmgr/log_follower.h"

#include "lib/io/scope.h"
#include "tests/unit/lib/spool/log_fixture.h"

namespace qmgr {
namespace {

using spool_test::LogFixture;

class QmgrLogFollower : public LogFixture {
  protected:
    QmgrLogFollower()
        : states_(options_.queue_directory, disk_),
          log_(options_, disk_, states_, thread_, events()) {}
    ~QmgrLogFollower() override { thread_.finish(); }

    LogFollower::Events events() {
        LogFollower::Events events;
        events.record = [this](spool::Record record,
                               const std::vector<spool::RecipientState>& states, SegmentFollower&) {
            read_.push_back(record.envelope.queue_id);
            tried_ += !states.empty();
        };
        events.room = [] { return true; };
        return events;
    }
    static std::vector<ipc::Ring> rings_of(const spool::Writer& writer) {
        std::vector<ipc::Ring> rings;
        for (const spool::Published& held : writer.published())
            rings.push_back({held.segment, held.epoch, held.committed});
        return rings;
    }
    // What is claimed ahead is claimed by a thread.
    static io::Task<void> until_held(const spool::Writer& writer, size_t segments) {
        while (writer.published().size() < segments)
            co_await io::sleep(std::chrono::milliseconds(1));
    }
    io::Task<void> commit(spool::Writer& writer, std::string& id) {
        spool::Refused::Why why = spool::Refused::failed;
        std::optional<std::string> done = co_await spool_test::commit_one(writer, 2000, why);
        id = done.value_or("refused");
    }
    // All that can be read is read.
    void read_on() {
        io::Scope scope;
        scope.spawn(log_.run());
        loop_.run_until_idle();
        scope.cancel();
        loop_.run_until_idle();
    }

    std::vector<std::string> read_;
    size_t tried_ = 0;
    spool::JobThread thread_;
    spool::StatusArea states_;
    LogFollower log_;
};

// The first writer frees what it had only claimed ahead, and the second claims that while the
// follower still looks at the first one's claim.
TEST_F(QmgrLogFollower, ReadsASegmentThatWasFreedAndClaimedAgain) {
    auto first = std::make_unique<spool::Writer>(options_, disk_);
    run(until_held(*first, 1));
    std::vector<ipc::Ring> before = rings_of(*first);
    log_.rung(before);
    read_on();
    run(first->close());
    first.reset();

    spool::Writer second(options_, disk_);
    std::string id;
    run(commit(second, id));
    std::vector<ipc::Ring> after;
    for (const ipc::Ring& ring : rings_of(second))
        if (ring.committed > 0)
            after.push_back(ring);
    ASSERT_EQ(after.size(), 1u);
    ASSERT_EQ(after[0].segment, before[0].segment) << "the same segment";
    ASSERT_NE(after[0].epoch, before[0].epoch) << "claimed anew";
    log_.rung(after);
    read_on();
    EXPECT_EQ(read_, std::vector<std::string>{id});
    EXPECT_EQ(tried_, 0u) << "what nobody has tried needs no look at its states";
    run(second.close());
}

TEST_F(QmgrLogFollower, IgnoresALateRingOfAnEarlierClaim) {
    auto first = std::make_unique<spool::Writer>(options_, disk_);
    std::string id;
    run(commit(*first, id));
    std::vector<ipc::Ring> rings = rings_of(*first);
    log_.rung(rings);
    read_on();
    ASSERT_EQ(read_, std::vector<std::string>{id});
    for (ipc::Ring& ring : rings)
        ring.epoch[0] ^= 1;
    log_.rung(rings);
    read_on();
    EXPECT_EQ(read_.size(), 1u);
    std::string next;
    run(commit(*first, next));
    log_.rung(rings_of(*first));
    read_on();
    EXPECT_EQ(read_, (std::vector<std::string>{id, next}));
    run(first->close());
}

TEST_F(QmgrLogFollower, ReadsTheRestOfAWriterThatIsGone) {
    auto first = std::make_unique<spool::Writer>(options_, disk_);
    std::string id;
    run(commit(*first, id));
    run(log_.tick());  // finds the segment, of which no ring has come
    read_on();
    EXPECT_TRUE(read_.empty());
    first.reset();
    run(log_.tick());
    read_on();
    EXPECT_EQ(read_, std::vector<std::string>{id});
}

}  // namespace
}  // namespace qmgr
