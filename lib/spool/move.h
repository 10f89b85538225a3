// A move is one message on its way from the log into a queue file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/mail/envelope.h"
#include "lib/spool/defer_log.h"
#include "lib/spool/message_source.h"
#include "lib/spool/queue_file.h"
#include "lib/spool/queue_folders.h"

namespace spool {

struct DeferReason {
    uint32_t recipient = 0;  // index in the envelope
    mail::Dsn dsn{4, 0, 0};
    std::string reason;
    std::string diagnostic;
    std::string remote_mta;
};

struct Move {
    Move() = default;
    std::string queue = "deferred";  // or "hold"
    mail::Envelope envelope;
    std::vector<bool> done;            // by recipient, true for those that nothing is owed
    std::vector<DeferReason> reasons;  // goes into the defer log
    base::WallTime next_attempt{};
    std::unique_ptr<MessageSource> content;  // read in a thread of the mover
};

// What was written: as load_queue_file would give it.
struct Moved {
    Moved() = default;
    std::string path;
    std::vector<RecipientPlace> places;
};

// Writes the file and its defer log; returns when it is durable under its name. Throws
// base::SystemError or BadContent, and then leaves no file. What a thread of a Mover does.
Moved write_moved(const QueueFolders& folders, Move move);

// Removes the temporary files that a crash left in deferred/ and hold/ and tells how many; while no
// Mover works there.
size_t remove_unfinished(const QueueFolders& folders);

}  // namespace spool
