// QueueNumbers has numbers for queue IDs ready, reserved in blocks ahead of use.
#pragma once

#include <cstdint>
#include <mutex>

#include "lib/spool/job_thread.h"
#include "lib/spool/options.h"
#include "lib/spool/queue_ids.h"

namespace spool {

class QueueNumbers {
  public:
    // `jobs` ends before this does.
    QueueNumbers(Disk& disk, std::string queue_directory, JobThread& jobs)
        : disk_(disk), queue_directory_(std::move(queue_directory)), jobs_(jobs) {}

    // Waits for the disk only if the block reserved ahead is not there yet. Throws Refused(failed).
    uint64_t next();

  private:
    struct Block {
        uint64_t first = 0;
        uint64_t left = 0;
    };
    void reserve_ahead();
    bool take_ahead();

    Disk& disk_;
    std::string queue_directory_;
    JobThread& jobs_;
    Block block_;
    uint64_t block_size_ = 4096;
    std::mutex mutex_;  // of what follows
    Block ahead_;
    bool reserving_ = false;
};

}  // namespace spool
