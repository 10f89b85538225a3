// Mover writes messages of the log into queue files, in threads of its own.
//
// A file appears under its name only when it is whole and on disk. Until the mark "done" of the log
// is durable there may be both, and then a whole file is the message.
#pragma once

#include <memory>
#include <string>

#include "lib/io/task.h"
#include "lib/spool/move.h"

namespace spool {

struct MoverOptions {
    unsigned threads = 2;
    unsigned per_second = 500;  // moves begun a second; 0 for no limit
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

}  // namespace spool
