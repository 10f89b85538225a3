// Removal takes messages out of the queue, as postsuper -d does.
//
// A running queue manager is asked first, since it has messages in its hands; files that it does
// not know (hold, maildrop …) go directly, and so does everything while the mail system is down.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/ipc/control.h"
#include "lib/spool/queue_folders.h"

namespace ipc {

class Removal {
  public:
    // `queues`: "hold", "incoming", "active", "deferred" …: nothing is removed from others. A
    // message in the log counts as active, deferred or incoming, as postqueue shows it.
    Removal(spool::QueueFolders folders, std::set<std::string> queues)
        : folders_(std::move(folders)), queues_(std::move(queues)) {}

    // Those of the IDs that were there and are gone, and durably so where they were in the log.
    // Throws base::SystemError: also when the mail system runs and its queue manager is silent.
    std::vector<std::string> remove(const std::vector<std::string>& ids);
    std::vector<std::string> remove_all();

  private:
    std::vector<ControlEntry> ask(ControlVerb verb, const std::vector<std::string>& ids);
    std::set<std::string> remove_asking(const std::vector<std::string>& ids);
    std::set<std::string> remove_from_log(const std::set<std::string>& ids, bool all);
    bool remove_files(const std::string& id);
    bool names_log_queue() const;

    spool::QueueFolders folders_;
    std::set<std::string> queues_;
};

}  // namespace ipc
