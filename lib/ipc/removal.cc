#include "lib/ipc/removal.h"

#include <unistd.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/ipc/running.h"
#include "lib/spool/content.h"
#include "lib/spool/log_scan.h"

namespace ipc {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration answer_limit = 30s;
constexpr int tries = 5;  // a queue manager that is just being started anew
constexpr size_t ids_a_request = 1000;

const char* queue_of(const ControlEntry& entry) {
    return entry.active ? "active" : "deferred";
}

}  // namespace

bool Removal::names_log_queue() const {
    return queues_.contains("incoming") || queues_.contains("active") ||
           queues_.contains("deferred");
}

std::vector<ControlEntry> Removal::ask(ControlVerb verb, const std::vector<std::string>& ids) {
    ControlRequest request;
    request.verb = verb;
    request.queue_ids = ids;
    for (int left = tries;; --left) {
        try {
            return ask_qmgr(folders_.root + "/public/qmgr", request, answer_limit).entries;
        } catch (const base::SystemError&) {
            if (left == 1)
                throw;
        }
        ::sleep(1);
    }
}

std::set<std::string> Removal::remove_asking(const std::vector<std::string>& ids) {
    bool every_queue =
        queues_.contains("incoming") && queues_.contains("active") && queues_.contains("deferred");
    std::set<std::string> gone;
    for (size_t at = 0; at < ids.size(); at += ids_a_request) {
        std::vector<std::string> some(
            ids.begin() + static_cast<ptrdiff_t>(at),
            ids.begin() + static_cast<ptrdiff_t>(std::min(ids.size(), at + ids_a_request)));
        if (!every_queue) {
            std::erase_if(some, [&](const std::string& id) {
                auto found = ask(ControlVerb::list, {id});
                return !found.empty() && !queues_.contains(queue_of(found[0]));
            });
        }
        if (some.empty())
            continue;
        for (const ControlEntry& entry : ask(ControlVerb::remove, some))
            gone.insert(entry.queue_id);
    }
    return gone;
}

// Marks messages of the log done; only while there is no queue manager.
std::set<std::string> Removal::remove_from_log(const std::set<std::string>& ids, bool all) {
    spool::Disk& disk = spool::real_disk();
    spool::StatusArea status(folders_.root, disk);
    spool::LogScan scan(folders_.root, disk);
    std::set<std::string> gone;
    std::set<spool::SegmentId> touched;
    while (auto message = scan.next()) {
        if (!all && !ids.contains(message->envelope.queue_id))
            continue;
        // Held open so that its segment stays what it is.
        spool::Content content = spool::Content::open(disk, folders_.root, message->ref);
        for (size_t i = 0; i < message->states.size(); ++i) {
            if (!message->owed(i))
                continue;
            status.mark(message->ref, static_cast<uint32_t>(i), spool::RecipientState::done);
            gone.insert(message->envelope.queue_id);
            touched.insert({message->ref.segment, message->ref.epoch});
        }
    }
    std::vector<spool::SegmentId> segments(touched.begin(), touched.end());
    status.checkpoint(segments);
    return gone;
}

bool Removal::remove_files(const std::string& id) {
    bool gone = false;
    for (const std::string& queue : queues_)
        gone = spool::remove_queued(folders_, queue, id) || gone;
    return gone;
}

std::vector<std::string> Removal::remove(const std::vector<std::string>& ids) {
    std::set<std::string> gone;
    if (names_log_queue())
        gone = running_master(folders_.root) ? remove_asking(ids)
                                             : remove_from_log({ids.begin(), ids.end()}, false);
    std::vector<std::string> removed;
    for (const std::string& id : ids)
        if (remove_files(id) || gone.contains(id))
            removed.push_back(id);
    return removed;
}

std::vector<std::string> Removal::remove_all() {
    std::set<std::string> ids;
    for (const std::string& queue : queues_) {
        spool::QueueScan scan(folders_, queue);
        while (auto entry = scan.next())
            ids.insert(entry->id);
    }
    if (names_log_queue() && running_master(folders_.root)) {
        for (const ControlEntry& entry : ask(ControlVerb::list, {}))
            ids.insert(entry.queue_id);
    } else if (names_log_queue()) {
        ids.merge(remove_from_log({}, true));
        for (const std::string& id : ids)
            remove_files(id);
        return {ids.begin(), ids.end()};
    }
    return remove({ids.begin(), ids.end()});
}

}  // namespace ipc
