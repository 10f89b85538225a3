// CommitThread makes records durable: one write and one flush for all that wait.
//
// A batch begins on a fresh block, so that nothing acknowledged is ever written again. A write or
// flush that fails poisons the segment; those who waited are refused once a durable note says how
// far it is valid (or after a bounded time), and the next batch goes into another segment.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lib/spool/completions.h"
#include "lib/spool/content_file.h"
#include "lib/spool/options.h"
#include "lib/spool/record.h"
#include "lib/spool/segment_supply.h"

namespace spool {

// One record on its way to the disk; touched by the thread alone until it is finished.
struct Pending : Completions::Ticket {
    RecordHeader header;                // the thread fills in where it goes
    std::string head;                   // room for the header, envelope, file name
    std::string content;                // what stays in the segment
    std::shared_ptr<ContentFile> file;  // else; kept and let go once the record is durable

    uint64_t bytes() const { return head.size() + content.size(); }

    RecordRef ref;  // results
    uint64_t committed = 0;
};

class CommitThread {
  public:
    CommitThread(SegmentSupply& supply, Completions& completions, base::Duration refuse_within);
    ~CommitThread();  // after what was handed over is done

    // From the loop; wait for it by Completions.
    void commit(std::shared_ptr<Pending> record);
    // Runs `ticket` after all before it: leaves the segment; the next record goes to another.
    void rotate(std::shared_ptr<Completions::Ticket> ticket);
    std::vector<Published> published() const;

  private:
    using Batch = std::vector<std::shared_ptr<Pending>>;

    void run();
    bool take(Batch& batch, std::shared_ptr<Completions::Ticket>& rotation);
    void write(Batch batch);
    size_t fitting(const Batch& batch, size_t from) const;
    void put(const Batch& batch, size_t from, size_t count);
    void have_segment();
    void leave_segment();
    void fail_batch(const Batch& part, std::exception_ptr error);
    void make_good();
    void pay_debt();
    void publish();

    SegmentSupply& supply_;
    Completions& completions_;
    base::Duration refuse_within_;

    // The thread's own.
    std::unique_ptr<Segment> segment_;
    uint64_t next_ = 0;       // offset of the next batch; all before is durable
    uint32_t next_word_ = 0;  // status word of the next recipient
    std::vector<iovec> parts_;
    std::chrono::steady_clock::time_point failed_at_{};
    std::exception_ptr failure_;

    mutable std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    Batch waiting_;
    std::shared_ptr<Completions::Ticket> rotation_;
    bool stopping_ = false;
    std::deque<Published> published_;
    std::thread thread_;
};

}  // namespace spool
