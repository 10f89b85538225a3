// StatusArea keeps how far each recipient of each record is, apart from the records.
//
// mark() survives the end of any of our processes at once and loss of power after the next
// checkpoint(). Reading takes the furthest of the live word and both checkpoint copies.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/spool/disk.h"
#include "lib/spool/options.h"
#include "lib/spool/status_word.h"

namespace spool {

struct SegmentId {
    uint32_t segment = 0;
    Epoch epoch{};
    auto operator<=>(const SegmentId&) const = default;
};

class StatusArea {
  public:
    explicit StatusArea(std::string queue_directory, Disk& disk = real_disk());
    ~StatusArea();

    // One pwrite of 8 bytes; from any thread. The caller holds the record's Content open, or is the
    // queue manager, who decides on recycling. Throws base::SystemError.
    void mark(const RecordRef& ref, uint32_t recipient, RecipientState state);
    // The states of recipients 0 … n-1. Where a checkpoint knew more than the live words (after
    // loss of power), the live words are repaired.
    std::vector<RecipientState> read(const RecordRef& ref, uint32_t n);

    // The queue manager's, blocking: makes the states of these segments durable; call it on a
    // JobThread, one call at a time. Read every unfinished record once before the first call.
    // Segments that are gone are skipped. Throws the first base::SystemError after trying all.
    void checkpoint(std::span<const SegmentId> segments);
    // Forgets what is kept open for a segment; before Pool::recycle().
    void forget(const SegmentId& segment);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace spool
