// What a Writer and its Drafts share.
#pragma once

#include <optional>

#include "lib/spool/commit_thread.h"
#include "lib/spool/content_file.h"
#include "lib/spool/queue_numbers.h"
#include "lib/spool/writer.h"

namespace spool {

struct WriterState {
    WriterState(Options given, Disk& the_disk);

    Options options;
    Disk& disk;
    uint64_t memory_used = 0;  // by drafts
    base::Instant asked_room{};
    uint64_t free_bytes = 0;

    // In this order: a thread ends before what it works with does.
    Pool pool;
    Completions completions;
    SegmentSupply supply;
    QueueNumbers numbers;
    JobThread jobs;
    CommitThread commits;
};

struct DraftState {
    explicit DraftState(WriterState& the_writer) : writer(the_writer) {}
    ~DraftState();

    void take(std::string_view chunk);
    bool fits(std::string_view chunk) const;
    uint64_t most_held() const;
    std::string release();  // the bytes held, no longer counted
    io::Task<void> write_out(bool finish);

    WriterState& writer;
    std::string held;      // not (yet) in the file
    uint64_t counted = 0;  // in memory_used; while a commit is under way too
    std::shared_ptr<ContentFile> file;
    uint64_t size = 0;
    uint32_t crc = 0;
    bool leading_dots = false;
    char last = '\n';
};

}  // namespace spool
