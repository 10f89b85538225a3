// Receiver brings what arrives at postlogd's socket into the log file.
#pragma once

#include <sys/socket.h>

#include <vector>

#include "lib/io/descriptor.h"
#include "lib/io/task.h"
#include "postlogd/log_file.h"

namespace postlogd {

class Receiver {
  public:
    // The file outlives the receiver.
    Receiver(base::Fd socket, LogFile& file);

    // Until cancelled.
    io::Task<void> run();
    // For the end: senders are refused from here on and look for another receiver, and what is in
    // the queue still is written.
    void finish();
    // When the last datagram came.
    base::Instant last() const { return last_; }

  private:
    // One batch, written; false when there was none.
    bool take_batch();

    io::Descriptor socket_;
    LogFile& file_;
    std::vector<char> bytes_;
    std::vector<iovec> parts_;
    std::vector<mmsghdr> heads_;
    base::Instant last_;
};

}  // namespace postlogd
