// How messages come into memory and become active: from the log, from queue files, by the clock.
#include "lib/io/loop.h"
#include "qmgr/log_lines.h"
#include "qmgr/orders.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

LogFollower::Events QueueManager::log_events() {
    LogFollower::Events events;
    events.record = [this](spool::Record found, const std::vector<State>& states,
                           SegmentFollower& follower) {
        record(std::move(found), states, follower);
    };
    events.room = [this] { return room_for_log(); };
    return events;
}

void QueueManager::record(spool::Record found, const std::vector<State>& states,
                          SegmentFollower& follower) {
    mail::Envelope& envelope = found.envelope;
    auto message = std::make_unique<Message>();
    message->queue_id = std::move(envelope.queue_id);
    message->place = found.ref;
    message->size = found.content_size;
    message->encoding = envelope.encoding;
    message->tls_wish = envelope.tls_wish;
    message->has_leading_dots = found.has_leading_dots;
    message->content_file = std::move(found.content_file);
    if (orphans_ != nullptr)
        orphans_->named(message->content_file);
    message->arrival = envelope.arrival;
    message->recipients.resize(envelope.recipients.size());
    for (size_t i = 0; i < envelope.recipients.size(); ++i)
        message->recipients[i].envelope = std::move(envelope.recipients[i]);
    if (!envelope.report_of.empty())
        note_report(envelope);
    message->sender = std::move(envelope.sender);
    message->dsn_envid = std::move(envelope.dsn_envid);
    message->dsn_ret = std::move(envelope.dsn_ret);
    take_orders(*message, envelope);
    bool gone = doomed_.erase(message->queue_id) > 0;
    for (uint32_t i = 0; gone && i < message->recipients.size(); ++i)
        mark(*message, i, State::done);
    if (gone || (!follower.fresh() && !recover(*message, states))) {
        follower.dirty = true;
        if (!message->content_file.empty())
            log_.remove_later(message->content_file, follower);
        return;
    }
    if (message->trace == Trace::status && message->attempts > 0)
        message->trace = Trace::none;
    message->follower = &follower;
    if (follower.open++ == 0)
        follower.since = message->arrival;
    take_up(keep(std::move(message)));
}

// A record of before our time: its states count. False when nothing is left to do for it.
bool QueueManager::recover(Message& message, const std::vector<State>& states) {
    const std::string& id = message.queue_id;
    for (size_t i = 0; i < states.size() && i < message.recipients.size(); ++i)
        message.recipients[i].state = states[i];
    if (message.finished())
        return false;
    if (filed_.contains(id)) {
        // It was moved, and nobody had the time to say so here: the whole file counts.
        for (uint32_t i = 0; i < message.recipients.size(); ++i)
            mark(message, i, State::done);
        return false;
    }
    const JournalEntry* entry = journal_.find(id, message.place);
    if (entry == nullptr)
        return true;
    message.attempts = entry->attempts;
    message.deaths = entry->deaths;
    message.solo = entry->deaths > 0;
    message.next_attempt = entry->next_attempt;
    for (const mail::Outcome& outcome : entry->outcomes)
        if (outcome.recipient < message.recipients.size())
            message.recipients[outcome.recipient].last = std::make_unique<mail::Outcome>(outcome);
    return true;
}

Message& QueueManager::keep(std::unique_ptr<Message> message) {
    auto& place = messages_[message->queue_id];
    place = std::move(message);
    return *place;
}

// What was just read starts its way: now, or when its time has come.
void QueueManager::take_up(Message& message) {
    bool owed = message.any(State::failed_owed);
    if (stopping_ && owed) {
        forget(message);  // it stays in the log, and the next qmgr reports it
        return;
    }
    if (stopping_ || (message.next_attempt > io::loop().wall() && !owed)) {
        timetable_.set(message.queue_id, message.next_attempt);
        time_changed_.set();
        return;
    }
    activate(message);
}

void QueueManager::activate(Message& message) {
    if (message.held) {
        message.stage = Stage::settling;
        scope_.spawn(move_later(message));
        return;
    }
    message.stage = Stage::active;
    message.active_since = io::loop().wall();
    message.hops.clear();
    std::vector<uint32_t> elsewhere = dispatcher_.elsewhere(message.queue_id);
    for (uint32_t index : elsewhere)
        if (index < message.recipients.size() && message.recipients[index].pending())
            message.recipients[index].elsewhere = true;
    std::vector<uint32_t> mine;
    uint32_t theirs = 0;
    for (uint32_t i = 0; i < message.recipients.size(); ++i) {
        Recipient& recipient = message.recipients[i];
        recipient.again = false;
        theirs += recipient.elsewhere;
        if (recipient.pending() && !recipient.elsewhere)
            mine.push_back(i);
    }
    message.undecided = static_cast<uint32_t>(mine.size()) + theirs;
    if (message.undecided == 0) {
        decided(message);
        return;
    }
    if (message.refused.empty())
        log::active(message);
    scope_.spawn(send(message, std::move(mine)));
}

void QueueManager::file_found(const QueueFiles::Found& file) {
    if (file.queue == "hold" || file.queue == "corrupt")
        return;
    if (timetable_.contains(file.id) || messages_.contains(file.id) || loads_.contains(file.id))
        return;
    if (file.queue == "incoming")
        incoming_.insert(file.id);
    timetable_.set(file.id, file.next_attempt);
    time_changed_.set();
}

io::Task<void> QueueManager::rescan() {
    std::vector<QueueFiles::Found> found = co_await files_.scan();
    for (const QueueFiles::Found& file : found)
        file_found(file);
}

void QueueManager::start_due() {
    while (room() && !stopping_) {
        auto due = timetable_.take_due(io::loop().wall());
        if (!due)
            return;
        auto& [time, id] = *due;
        auto found = messages_.find(id);
        if (found == messages_.end()) {
            loads_.insert(id);
            scope_.spawn(load(id, time == flushed_at_));
            continue;
        }
        found->second->flushed = found->second->asked || time == flushed_at_;
        activate(*found->second);
    }
}

io::Task<void> QueueManager::load(std::string id, bool flushed) {
    std::string queue = incoming_.erase(id) > 0 ? "incoming" : "deferred";
    std::unique_ptr<Message> message = co_await files_.load(queue, id);
    loads_.erase(id);
    if (message == nullptr) {
        log_.wake();
        co_return;
    }
    if (const JournalEntry* entry = journal_.find(id, message->place)) {
        message->deaths = entry->deaths;
        message->solo = entry->deaths > 0;
    }
    message->flushed = flushed;
    activate(keep(std::move(message)));
}

}  // namespace qmgr
