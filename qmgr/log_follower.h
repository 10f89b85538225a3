// LogFollower reads the log: every segment of mail, as far as its writer has promised.
//
// A segment that cannot be read now is tried again each second, beside which all others go on.
//
// Rings say how far; once a second the writers are asked, segments without a writer are taken over,
// new ones are looked for, states are made durable and finished segments are recycled. A lost or
// doubled ring therefore costs nothing, and recovery is the same with every cursor at the start.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/loop.h"
#include "lib/io/task.h"
#include "lib/ipc/ring.h"
#include "lib/spool/job_thread.h"
#include "lib/spool/pool.h"
#include "lib/spool/status_area.h"
#include "qmgr/message.h"
#include "qmgr/segment_follower.h"

namespace qmgr {

class LogFollower {
  public:
    struct Events {
        // `states` of its recipients; none where it was never tried.
        std::function<void(spool::Record, const std::vector<spool::RecipientState>& states,
                           SegmentFollower&)>
            record;
        // Whether there is memory for another message.
        std::function<bool()> room;
    };

    LogFollower(const spool::Options& options, spool::Disk& disk, spool::StatusArea& states,
                spool::JobThread& thread, Events events);

    // Finds the segments that are there at start.
    io::Task<void> open();
    void rung(const std::vector<ipc::Ring>& rings);
    // Reads what has come, for ever.
    io::Task<void> run();
    // There may be room again.
    void wake() { news_.set(); }

    // The work of each second: take over, look for new segments, checkpoint, recycle.
    io::Task<void> tick();

    struct Moment {
        uint64_t serial = 0;
    };
    // Everything that any writer had promised at this moment has been read once caught_up() says
    // so.
    Moment moment() { return {++serial_}; }
    bool caught_up(const Moment& moment) const;

    // A recipient's state was changed, by us or by an agent.
    void touched(Message& message) {
        if (message.follower != nullptr)
            message.follower->dirty = true;
    }
    // All of this message is done. Its content file goes after the next checkpoint.
    void finished(Message& message);
    void remove_later(const std::string& content_file, SegmentFollower& follower) {
        follower.content_files.push_back(content_file);
        follower.dirty = true;
    }

    // Free segments run low.
    bool pressed() const { return pressed_; }
    // Damage was found: what it named is not known.
    bool damaged() const { return damaged_; }
    // Nothing is unread.
    bool all_read() const;
    size_t segments() const { return followers_.size(); }

  private:
    struct Chore;
    bool claimed_anew(const ipc::Ring& ring);
    SegmentFollower* follow(uint32_t segment);
    void take_over(SegmentFollower& follower, uint64_t serial);
    void take_up(spool::Record record, SegmentFollower& follower);
    size_t read_some(SegmentFollower& follower);
    std::shared_ptr<Chore> prepare();
    void conclude(const Chore& chore);

    spool::Options options_;
    spool::Disk& disk_;
    spool::StatusArea& states_;
    spool::JobThread& thread_;
    Events events_;
    std::map<uint32_t, std::unique_ptr<SegmentFollower>> followers_;
    // What a chore that failed has left for the next one.
    std::vector<std::string> content_files_;
    std::vector<std::string> posted_files_;
    std::vector<spool::SegmentId> unflushed_;
    // Finished and not free yet; a late ring does not bring them back.
    std::set<spool::SegmentId> retired_;
    io::Event news_;
    uint64_t serial_ = 1;
    uint64_t looked_ = 0;             // all segments of that serial are known
    std::set<spool::SegmentId> old_;  // claimed before this qmgr started
    bool pressed_ = false;
    bool damaged_ = false;
    bool missed_ = false;  // a segment that is there could not be opened
};

}  // namespace qmgr
