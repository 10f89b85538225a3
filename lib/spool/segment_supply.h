// SegmentSupply has the next segment ready for a writer and takes back those it leaves.
//
// Claims and seals are made on a JobThread, so that no commit waits for them; take() and poisoned()
// belong to the commit thread. What is owed about poisoned segments is written down here before
// anything goes on: take() gives only a segment whose durable header bears all notes owed.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "lib/spool/job_thread.h"
#include "lib/spool/pool.h"
#include "lib/spool/segment.h"

namespace spool {

class SegmentSupply {
  public:
    // Both must outlive it, `jobs` having run all that was posted.
    SegmentSupply(Pool& pool, Kind kind, JobThread& jobs) : pool_(pool), kind_(kind), jobs_(jobs) {}

    // Claims a spare soon, if there is none.
    void prepare();
    // The spare, as one without records.
    std::optional<Published> spare();
    // Waits for the spare or for a fresh claim. Throws Refused(no_space) or base::SystemError.
    std::unique_ptr<Segment> take();
    // Seals the segment, then gives up its lock; in the background.
    void leave(std::unique_ptr<Segment> segment, uint64_t committed);
    // A write into it or its flush has failed. It stays locked until a note on it is durable.
    void poisoned(std::unique_ptr<Segment> segment, uint64_t valid_until);
    // Whether notes are owed.
    bool in_debt();
    // Gives back an unused spare; blocks.
    void close();

  private:
    void claim();
    std::unique_ptr<Segment> take_claimed();
    void settle(Segment& segment);

    Pool& pool_;
    Kind kind_;
    JobThread& jobs_;
    std::mutex mutex_;  // of all below
    std::condition_variable claimed_;
    bool claiming_ = false;
    std::unique_ptr<Segment> spare_;
    std::exception_ptr failure_;
    std::set<uint32_t> avoid_;
    std::vector<Note> owed_;
    std::vector<std::unique_ptr<Segment>> poisoned_;  // held while owed_ is not empty
};

}  // namespace spool
