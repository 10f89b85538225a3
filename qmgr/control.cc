// What commands and triggers ask for.
#include "lib/io/loop.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

void QueueManager::trigger(char what) {
    if (what == ipc::trigger_unthrottle)
        dispatcher_.resume_all();
    if (what == ipc::trigger_deferred_scan || what == ipc::trigger_force_scan)
        flush_all();
    if (what == ipc::trigger_incoming_scan || what == ipc::trigger_deferred_scan)
        scope_.spawn(rescan());
}

void QueueManager::flush_all() {
    flushed_at_ = io::loop().wall();
    timetable_.advance_all(flushed_at_);
    time_changed_.set();
}

bool QueueManager::flush(const std::string& id) {
    if (!timetable_.contains(id))
        return messages_.contains(id);
    flushed_at_ = io::loop().wall();
    timetable_.set(id, flushed_at_);
    time_changed_.set();
    return true;
}

// The recipients are done from now on; what is with an agent already may still arrive.
bool QueueManager::remove(const std::string& id) {
    auto found = messages_.find(id);
    if (found == messages_.end())
        return false;
    Message& message = *found->second;
    message.removed = true;
    for (uint32_t i = 0; i < message.recipients.size(); ++i)
        if (message.recipients[i].pending() || message.recipients[i].owed())
            mark(message, i, State::done);
    if (message.stage == Stage::waiting) {
        timetable_.remove(id);
        finish(message);
    }
    return true;
}

ipc::ControlEntry QueueManager::describe(const Message& message) const {
    ipc::ControlEntry entry;
    entry.queue_id = message.queue_id;
    entry.active = message.stage != Stage::waiting;
    entry.next_attempt = message.next_attempt;
    for (uint32_t i = 0; i < message.recipients.size(); ++i)
        if (message.recipients[i].pending() && message.recipients[i].last != nullptr)
            entry.delayed.push_back({i, message.recipients[i].last->reason});
    return entry;
}

io::Task<ipc::ControlAnswer> QueueManager::control(ipc::ControlRequest request) {
    ipc::ControlAnswer answer;
    if (request.verb == ipc::ControlVerb::list && request.queue_ids.empty())
        for (auto& [id, message] : messages_)
            answer.entries.push_back(describe(*message));
    for (const std::string& id : request.queue_ids) {
        ipc::ControlEntry entry;
        entry.queue_id = id;
        if (auto found = messages_.find(id); found != messages_.end())
            entry = describe(*found->second);
        bool there = messages_.contains(id) || timetable_.contains(id);
        if (request.verb == ipc::ControlVerb::flush)
            there = flush(id);
        if (request.verb == ipc::ControlVerb::remove && there && !remove(id)) {
            timetable_.remove(id);
            std::string queue = incoming_.erase(id) > 0 ? "incoming" : "deferred";
            co_await files_.remove(queue, id);
        }
        if (there)
            answer.entries.push_back(std::move(entry));
    }
    co_return answer;
}

}  // namespace qmgr
