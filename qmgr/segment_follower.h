// SegmentFollower reads one segment of mail, record by record, and counts what is unfinished in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/spool/reader.h"
#include "lib/spool/status_area.h"

namespace qmgr {

class SegmentFollower {
  public:
    // Throws spool::NotASegment or base::SystemError.
    SegmentFollower(const spool::Options& options, spool::Disk& disk, uint32_t segment)
        : reader_(options, segment, disk) {}
    // It was claimed while this qmgr ran: no recipient of its records was ever tried.
    void set_fresh() { fresh_ = true; }

    spool::SegmentId id() const { return {reader_.segment(), reader_.epoch()}; }
    spool::Kind kind() const { return reader_.kind(); }

    // The writer's word, heard at `serial` (which only grows).
    void published(const spool::Epoch& epoch, uint64_t committed, uint64_t serial) {
        reader_.published(epoch, committed);
        heard_ = serial;
        unread_ = true;
    }
    // True when no writer has the segment any more: what is left of it will be read.
    bool take_over(uint64_t serial) {
        if (!taken_over_ && reader_.take_over())
            taken_over_ = unread_ = true;
        if (taken_over_)
            heard_ = serial;
        return taken_over_;
    }
    bool unread() const { return unread_; }
    // Where it cannot be read now: nothing of it is wanted until retry().
    void rest() { resting_ = true; }
    void retry() { resting_ = false; }
    bool ready() const { return unread_ && !resting_; }
    // The next record; none when all that may be read was read. Throws base::SystemError.
    std::optional<spool::Record> next() {
        if (put_back_)
            return std::exchange(put_back_, std::nullopt);
        auto record = reader_.next();
        if (!record) {
            unread_ = false;
            fresh_ = fresh_ || heard_ != 0;
        }
        return record;
    }
    // next() gives this one once more.
    void put_back(spool::Record record) { put_back_ = std::move(record); }
    // Whether what next() gives has never been tried: the status words need no look.
    bool fresh() const { return fresh_; }
    // Everything that was promised by `serial` has been read.
    bool caught_up(uint64_t serial) const { return !unread_ && heard_ >= serial; }
    // Nothing more will come and nothing is left to do.
    bool finished() const { return !unread_ && reader_.finished() && open == 0; }
    bool damaged() const { return reader_.damaged() > 0; }
    bool over() const { return reader_.finished(); }

    unsigned open = 0;       // messages that are not finished
    bool dirty = false;      // states changed since the last checkpoint
    base::WallTime since{};  // arrival of its first unfinished message
    // Of finished messages: they go once that is durable.
    std::vector<std::string> content_files;
    // Of all its messages that came through maildrop/: pickup may have died before it removed them.
    std::vector<std::string> posted_files;

  private:
    spool::Reader reader_;
    std::optional<spool::Record> put_back_;
    bool resting_ = false;
    bool fresh_ = false;
    bool taken_over_ = false;
    bool unread_ = false;
    uint64_t heard_ = 0;
};

}  // namespace qmgr
