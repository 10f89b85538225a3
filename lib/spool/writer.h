// Writer puts messages into the log: one a process, used by the thread of its loop.
//
// A message is durable when commit() returns. All commits that wait at a time share one write and
// one flush, made by a thread. The Writer claims its segments from the pool by itself and needs no
// other process for it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/io/task.h"
#include "lib/mail/envelope.h"
#include "lib/mail/queue_id.h"
#include "lib/spool/disk.h"
#include "lib/spool/draft.h"
#include "lib/spool/options.h"

namespace spool {

struct Pending;
struct WriterState;

struct Committed {
    RecordRef ref;
    uint64_t committed_offset = 0;  // of ref's segment: what to ring the queue manager with
};

class Writer {
  public:
    // Reserves queue IDs and starts claiming a segment; throws base::SystemError when the queue
    // directory cannot be used at all. A full disk is no error here but at commit().
    explicit Writer(Options options, Disk& disk = real_disk());
    ~Writer();  // after close(), or as abruptly as a crash: what was not answered may be lost

    // Known before anything is written; throws Refused(failed) when no numbers can be reserved.
    mail::QueueId next_id();
    // False when a message of this size would be refused with no_space now (queue_minfree).
    bool has_room(uint64_t bytes);

    Draft draft();
    // The arguments need not outlive the call. Returns when the message is durable; throws Refused
    // when it is not and will not be. When the waiter is cancelled the message may be committed all
    // the same.
    io::Task<Committed> commit(const mail::Envelope& envelope, Draft&& draft);
    // The same for an entry of a journal (Kind::journal).
    io::Task<Committed> append(std::string_view entry);

    // Every segment held, and those left in the last switches, with what is durable in it: nothing
    // (`committed` is 0) in one that was claimed ahead.
    std::vector<Published> published() const;
    // Leaves the current segment (seals it) and goes on in another: old entries of a journal can
    // then be recycled.
    io::Task<void> rotate();
    // Waits for all commits under way, seals the segment, frees what was claimed and not used.
    io::Task<void> close();

  private:
    io::Task<Committed> committed(std::shared_ptr<Pending> pending, Draft draft);
    std::unique_ptr<WriterState> state_;
};

}  // namespace spool
