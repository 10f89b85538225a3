// What commands and triggers ask for.
#include <algorithm>
#include <functional>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/mail/address.h"
#include "lib/spool/log_scan.h"
#include "qmgr/log_lines.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

namespace {

bool waits_for(const Message& message, std::string_view site) {
    return std::any_of(
        message.recipients.begin(), message.recipients.end(), [site](const Recipient& to) {
            return to.pending() && base::equal_nocase(mail::domain_of(to.envelope.address), site);
        });
}

}  // namespace

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
    for (auto& [id, message] : messages_)
        message->asked = true;
    time_changed_.set();
}

bool QueueManager::flush(const std::string& id) {
    auto found = messages_.find(id);
    if (found != messages_.end())
        found->second->asked = true;
    if (!timetable_.contains(id))
        return found != messages_.end();
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

// Looks for these where we have not come to yet; the thread marks them, and the doomed are not
// taken up when they are read.
io::Task<std::set<std::string>> QueueManager::remove_unread(std::vector<std::string> ids) {
    auto found = std::make_shared<std::set<std::string>>();
    if (ids.empty() || log_.all_read())
        co_return *found;
    doomed_.insert(ids.begin(), ids.end());
    std::function<void()> job = [this, ids, found] {
        std::set<std::string> wanted(ids.begin(), ids.end());
        spool::LogScan scan(settings_.folders.root, disk_);
        while (auto message = scan.next()) {
            if (!wanted.contains(message->envelope.queue_id))
                continue;
            for (uint32_t i = 0; i < message->states.size(); ++i)
                if (message->owed(i)) {
                    states_.mark(message->ref, i, State::done);
                    found->insert(message->envelope.queue_id);
                }
        }
    };
    try {
        co_await thread_.run(job);
    } catch (const base::SystemError& error) {
        log::spool_trouble("removal", error.what());
    }
    for (const std::string& id : ids) {
        if (!found->contains(id))
            doomed_.erase(id);
        else if (messages_.contains(id))
            remove(id);  // it was read meanwhile
    }
    co_return *found;
}

// What lies in files is looked through for it: nobody keeps lists by destination. What is being put
// off goes as well.
io::Task<std::vector<std::string>> QueueManager::flush_site(std::string site) {
    dispatcher_.resume_all();
    std::vector<std::string> ids;
    for (auto& [id, message] : messages_)
        if (message->stage != Stage::active && waits_for(*message, site))
            ids.push_back(id);
    std::vector<std::string> filed = co_await files_.waiting_for(site);
    std::move(filed.begin(), filed.end(), std::back_inserter(ids));
    std::erase_if(ids, [this](const std::string& id) { return !flush(id); });
    co_return ids;
}

io::Task<ipc::ControlAnswer> QueueManager::control(ipc::ControlRequest request) {
    ipc::ControlAnswer answer;
    if (request.verb == ipc::ControlVerb::flush_site) {
        for (const std::string& site : request.queue_ids) {
            std::vector<std::string> ids = co_await flush_site(site);
            for (const std::string& id : ids)
                answer.entries.push_back({id, false, {}, {}});
        }
        co_return answer;
    }
    if (request.verb == ipc::ControlVerb::flush_nexthop) {
        for (const std::string& wanted : request.queue_ids) {
            const size_t count = co_await flush_nexthop(wanted);
            answer.count += count;
        }
        co_return answer;
    }
    if (request.verb == ipc::ControlVerb::list && request.queue_ids.empty())
        for (auto& [id, message] : messages_)
            answer.entries.push_back(describe(*message));
    std::vector<std::string> unknown;
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
            hurried_.erase(id);
            std::string queue = incoming_.erase(id) > 0 ? "incoming" : "deferred";
            co_await files_.remove(queue, id);
        }
        if (there)
            answer.entries.push_back(std::move(entry));
        else if (request.verb == ipc::ControlVerb::remove)
            unknown.push_back(id);
    }
    std::set<std::string> removed = co_await remove_unread(std::move(unknown));
    for (const std::string& id : removed)
        answer.entries.push_back({id, false, {}, {}});
    co_return answer;
}

}  // namespace qmgr
