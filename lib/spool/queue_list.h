// QueueList goes through everything that is queued: the log first, then the folders.
//
// A message that is in both (it is just being moved) is given once. Files that cannot be read are
// skipped with a warning; what comes or goes meanwhile may be seen or not.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "lib/spool/listed.h"
#include "lib/spool/log_scan.h"
#include "lib/spool/queue_folders.h"

namespace spool {

// What the queue manager knows of a message that it has in memory.
struct Tried {
    bool active = false;                      // waits for, or is in, delivery
    std::map<uint32_t, std::string> reasons;  // by recipient, of those deferred
};

class QueueList {
  public:
    // `tried` by queue ID. A message in the log that it does not name is shown as "incoming".
    using Known = std::map<std::string, Tried>;
    QueueList(QueueFolders folders, Known tried);

    // Throws base::SystemError when a folder or the log cannot be read.
    std::optional<ListedMessage> next();

  private:
    std::string reason_of(Known::const_iterator known, size_t recipient) const;
    std::optional<ListedMessage> next_in_log();
    std::optional<ListedMessage> next_in_folders();
    std::optional<ListedMessage> from_file(const QueueEntry& entry);

    QueueFolders folders_;
    Known tried_;
    std::optional<LogScan> log_;
    std::optional<QueueScan> scan_;
    size_t folder_ = 0;
};

}  // namespace spool
