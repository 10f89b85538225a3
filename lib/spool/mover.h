// Mover writes messages of the log into queue files, in threads of its own.
//
// A file appears under its name only when it is whole and on disk. Until the mark "done" of the log
// is durable there may be both, and then a whole file is the message.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/io/task.h"
#include "lib/mail/envelope.h"
#include "lib/spool/defer_log.h"
#include "lib/spool/message_source.h"
#include "lib/spool/queue_file.h"
#include "lib/spool/queue_folders.h"

namespace spool {

struct MoverOptions {
    unsigned threads = 2;
    unsigned per_second = 500;  // moves begun a second; 0 for no limit
};

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

class Mover {
  public:
    Mover(QueueFolders folders, MoverOptions options);
    // All moves must have ended: close() first.
    ~Mover();

    // Returns when the file is durable under its name. Throws base::SystemError or BadContent, and
    // then leaves no file. The move goes on when the task that waits for it is cancelled.
    io::Task<Moved> move(Move move);
    // Makes the marks in a queue file, and a change of its time, durable.
    io::Task<void> sync(std::string path);

    // Lifts or sets the limit, as for draining the log at stop.
    void limit(unsigned per_second);
    size_t waiting() const;
    // Waits for all moves; no new ones from here on.
    io::Task<void> close();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// What a thread of the mover does, for whoever has time to wait for it.
Moved write_moved(const QueueFolders& folders, Move move);

// Removes the temporary files that a crash left in deferred/ and hold/.
size_t remove_unfinished(const QueueFolders& folders);

}  // namespace spool
