// Pool is the set of segments in log/: who may write into which.
//
// "Free" is a durable fact in a segment's header. Everything here blocks: the queue manager calls
// it on a JobThread.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/spool/disk.h"
#include "lib/spool/options.h"
#include "lib/spool/segment_header.h"

namespace spool {

class Segment;

struct SegmentInfo {
    uint32_t number = 0;
    SegmentState state = SegmentState::free;
    Kind kind = Kind::mail;
    Epoch epoch{};
    uint64_t committed = 0;  // of a sealed segment
};

enum class Recycled {
    freed,    // it is free now, or was removed since enough are free
    busy,     // somebody writes or reads it: ask again later
    waiting,  // it bears a note on a segment that is still there: recycle that one first
    changed,  // not this epoch any more: nothing to do
};

class Pool {
  public:
    explicit Pool(Options options, Disk& disk = real_disk());
    ~Pool();

    // Every segment with a whole header, by number.
    std::vector<SegmentInfo> segments();
    unsigned free_segments();

    // The queue manager: all recipients of all records are done and checkpointed. A segment whose
    // writer failed is removed and not used again.
    Recycled recycle(uint32_t segment, const Epoch& epoch);
    // Makes free segments up to pool_min where there is room; removes remains of unfinished ones.
    void fill();

    // Writers: a segment, claimed for `kind`, its header durable with `notes` in it. Prefers
    // segments not in `avoid`. Throws Refused(no_space) or base::SystemError.
    std::unique_ptr<Segment> claim(Kind kind, const std::vector<Note>& notes,
                                   const std::set<uint32_t>& avoid);
    // Gives back a claimed segment that holds no record.
    void give_back(std::unique_ptr<Segment> segment);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace spool
