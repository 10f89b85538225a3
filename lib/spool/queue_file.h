// QueueFile is a message in a file of Postfix's format: its envelope with the state of recipients.
//
// Such files lie in deferred/, hold/, incoming/, active/, maildrop/ and corrupt/, ours as well as
// those that Postfix left. Nothing in them is ever rewritten but the type byte of a recipient's
// record, which becomes `done`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/fd.h"
#include "lib/mail/envelope.h"
#include "lib/spool/message_source.h"
#include "lib/spool/queue_record.h"

namespace spool {

// Where a recipient stands in its file, in the order of the envelope's recipients.
struct RecipientPlace {
    uint64_t mark = 0;  // offset of its record
    bool done = false;  // nothing is owed any more
};

struct QueueFile {
    mail::Envelope envelope;             // all recipients, also those done
    std::vector<RecipientPlace> places;  // one for each
    uint64_t size = 0;                   // bytes of content; of a file that Postfix made: nearly
    bool size_is_exact = false;          // CRLF bytes, as QueueFileContent::size()
    bool has_leading_dots = true;        // true also where only reading on could tell
    uint64_t content_offset = 0;         // of the first record of the content

    size_t pending() const;
};

// Reads the envelope of the message `queue_id` in an open file; of the content, no more than it
// must. Throws IncompleteQueueFile, BadContent, base::SystemError.
QueueFile read_queue_file(int fd, const std::string& queue_id);
// The same of the file at `path`, whose name is the queue ID.
QueueFile load_queue_file(const std::string& path);

// Reads the file at `path` from end to end, and its checksum if it is one of ours. Throws as above.
void verify_queue_file(const std::string& path);

// Marks the recipients at these places done: a byte each, safe against a crash of the process, on
// disk with the next fsync of the file. Marking twice is no error; throws BadContent where there is
// no recipient, base::SystemError.
void mark_done(const std::string& path, const std::vector<uint64_t>& marks);
// Returns when the marks in the file, and a change of its time, are on disk. Throws
// base::SystemError.
void sync_queue_file(const std::string& path);

}  // namespace spool
