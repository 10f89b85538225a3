#include "qmgr/journal.h"

#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

class QmgrJournal : public Instance {
  protected:
    QmgrJournal() {
        options_.queue_directory = folder_;
        options_.segment_size = 1 << 20;
        options_.pool_min = 1;
    }
    static io::Task<void> fill(Journal& journal, size_t entries) {
        for (size_t i = 0; i < entries; ++i) {
            JournalEntry entry;
            entry.queue_id = "4ABCDE";
            entry.outcomes.emplace_back();
            entry.outcomes.back().reason.assign(400 << 10, 'x');
            const bool durable = co_await journal.write(std::move(entry));
            EXPECT_TRUE(durable);
        }
        co_await journal.compact();
    }
    static io::Task<void> open_and_fill(Journal& journal, size_t entries) {
        co_await journal.open();
        co_await fill(journal, entries);
    }
    size_t segments() {
        size_t used = 0;
        for (const spool::SegmentInfo& info : spool::Pool(options_).segments())
            used += info.state != spool::SegmentState::free && info.kind == spool::Kind::journal;
        return used;
    }
    spool::Options options_;
};

TEST_F(QmgrJournal, GivesBackAllSegmentsThatItFilled) {
    spool::JobThread thread;
    Journal journal(options_, disk_, thread);
    io::Scope filling;
    filling.spawn(open_and_fill(journal, 30));  // 15 segments
    ASSERT_TRUE(until([&filling] { return filling.running() == 0; }));
    EXPECT_LE(segments(), 3u);  // the current one, its spare, one that is being left
}

}  // namespace
}  // namespace qmgr
