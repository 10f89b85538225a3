// Reader gives the records of one segment in order, each once, to the queue manager.
//
// While the segment's writer lives, records up to the offset it published are given. Once the
// writer is gone, take_over() gives the rest, which is also all that recovery after a crash is.
// A Reader holds the shared readers' lock: destroy it before Pool::recycle().
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lib/mail/envelope.h"
#include "lib/spool/disk.h"
#include "lib/spool/options.h"

namespace spool {

struct Record {
    RecordRef ref;
    uint32_t recipients = 0;  // status words
    mail::Envelope envelope;  // Kind::mail
    std::string entry;        // Kind::journal
    uint64_t content_size = 0;
    bool has_leading_dots = false;
    std::string content_file;  // name in content/, empty when the content is in the segment
};

struct NotASegment : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Reader {
  public:
    // Opens log/NNNNNN. Throws base::SystemError, or NotASegment where it holds no claimed segment
    // (free, being made, damaged header).
    Reader(const Options& options, uint32_t segment, Disk& disk = real_disk());
    ~Reader();

    uint32_t segment() const;
    const Epoch& epoch() const;
    Kind kind() const;

    // The writer says that all before `committed` is durable. Ignored when it is not more than
    // already known or the epoch is another.
    void published(const Epoch& epoch, uint64_t committed);
    // True, from now on, when no writer holds the segment: next() then gives all that is left.
    // Where this or next() throws base::SystemError, calling it again goes on at the same place.
    bool take_over();
    // The next record, none when all that may be read was given. Damaged records are put aside
    // into corrupt/ and skipped.
    std::optional<Record> next();
    // No record will come any more.
    bool finished() const;
    // Records put aside so far as damaged.
    unsigned damaged() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace spool
