// Journal keeps, durably, what the log's records cannot say: attempts, last replies, crashes.
//
// It lies in segments of its own. Entries of messages that are gone are nothing any more; once a
// minute, or when it has grown, those that still count are written anew, and the older segments are
// recycled.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/io/task.h"
#include "lib/spool/job_thread.h"
#include "lib/spool/pool.h"
#include "lib/spool/status_area.h"
#include "lib/spool/writer.h"
#include "qmgr/journal_entry.h"

namespace qmgr {

class Journal {
  public:
    // Throws base::SystemError when the queue directory cannot be used.
    Journal(const spool::Options& options, spool::Disk& disk, spool::JobThread& thread);

    // Reads what an earlier qmgr left and takes up what counts. An old segment that somebody still
    // writes is waited for.
    io::Task<void> open();

    // What is known of this message; null when it was never written about.
    const JournalEntry* find(const std::string& queue_id, const ipc::MessageRef& message);
    // Returns when the entry is durable; false when it cannot be made so now.
    io::Task<bool> write(JournalEntry entry);
    // The message is gone, or lies in a file that has its own log.
    void forget(const std::string& queue_id) { live_.erase(queue_id); }
    // Entries of before open() that nobody asked for are of messages that are gone, but for those
    // that `still_there` says otherwise of.
    void forget_unclaimed(const std::function<bool(const std::string&)>& still_there);

    // Grew by several segments since compact() last wrote it anew.
    bool large() const;
    // Rewrites what counts and frees the rest, if there is enough of the latter.
    io::Task<void> compact();
    io::Task<void> close();
    size_t entries() const { return live_.size(); }

  private:
    struct Live {
        JournalEntry entry;
        bool claimed = false;
    };
    bool read_old();
    io::Task<bool> append(std::string entry);
    io::Task<bool> rewrite();
    io::Task<void> recycle_old();

    spool::Options options_;
    spool::Disk& disk_;
    spool::JobThread& thread_;
    std::map<std::string, Live, std::less<>> live_;
    std::vector<spool::SegmentId> old_;      // found before `writer_` claimed any
    std::set<spool::SegmentId> unreadable_;  // of those; the next qmgr may have more luck
    spool::Writer writer_;
    uint64_t sequence_ = 0;
    std::set<spool::SegmentId> used_;  // by `writer_`, not recycled yet
    size_t written_ = 0;               // entries since the last compaction
    uint64_t bytes_ = 0;               // the same in bytes
};

}  // namespace qmgr
