// What becomes of a message once every recipient of an attempt is decided.
#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "lib/spool/log_source.h"
#include "lib/spool/notes.h"
#include "qmgr/log_lines.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

constexpr uint32_t deaths_allowed = 2;
constexpr base::Duration journal_retry = 1s;
constexpr base::Duration move_retry = 10s;
constexpr base::Duration moment = 1s;
constexpr uint32_t most_doublings = 16;

}  // namespace

Dispatcher::Events QueueManager::dispatch_events() {
    Dispatcher::Events events;
    events.decided = [this](Message& message) { decided(message); };
    events.refresh = [this](Message& message) { return refresh(message); };
    // Once more: the agent's own mark may have failed.
    events.delivered = [this](Message& message, uint32_t recipient) {
        mark(message, recipient, State::delivered);
        if (!message.in_log())
            files_.delivered(message, recipient);
    };
    events.crashed = [this](Message& message) { crashed(message); };
    events.find = [this](const std::string& id) {
        auto found = messages_.find(id);
        return found == messages_.end() ? nullptr : found->second.get();
    };
    return events;
}

void QueueManager::decided(Message& message) {
    message.stage = Stage::settling;
    log_.touched(message);
    bool tells = !message.told.empty() || message.trace != Trace::none;
    if (message.finished() && !tells)
        finish(message);
    else if (message.deaths > deaths_allowed)
        scope_.spawn(set_aside(message));
    else
        scope_.spawn(settle(message));
}

io::Task<void> QueueManager::settle(Message& message) {
    ++message.attempts;
    if (message.trace != Trace::none || !message.told.empty())
        co_await announce(message);
    if (message.trace == Trace::probe)
        end_probe(message);
    bool again = std::any_of(message.recipients.begin(), message.recipients.end(),
                             [](const Recipient& recipient) { return recipient.again; });
    std::vector<uint32_t> failed = failures(message);
    if (!failed.empty())
        co_await owe(message, std::move(failed));
    if (message.any(State::failed_owed)) {
        bool reported = co_await report(message);
        if (!reported) {
            // At a stop. It stays in the log or in its file, and the next qmgr reports it.
            forget(message);
            co_return;
        }
    }
    if (message.finished() || message.removed)
        finish(message);
    else if (again && !stopping_)
        activate(message);
    else
        co_await put_off(message);
}

// Pending recipients that get no further attempt: refused for good, or tried for long enough.
std::vector<uint32_t> QueueManager::failures(Message& message) {
    auto age = io::loop().wall() - message.arrival;
    bool over = !stopping_ && expired(age, message.sender.empty(), settings_.backoff);
    std::vector<uint32_t> failed;
    bool any_over = false;
    for (uint32_t i = 0; i < message.recipients.size(); ++i) {
        Recipient& recipient = message.recipients[i];
        if (!recipient.pending() || recipient.again || recipient.last == nullptr)
            continue;
        bool refused = recipient.last->status == mail::Status::bounced;
        if (!refused && !over)
            continue;
        any_over = any_over || !refused;
        recipient.last->status = mail::Status::bounced;
        recipient.last->recipient = i;
        failed.push_back(i);
    }
    if (any_over)
        log::expired(message);
    return failed;
}

// The reasons become durable first, then the state that a report is owed.
io::Task<void> QueueManager::owe(Message& message, std::vector<uint32_t> failed) {
    bool durable = false;
    while (!durable && !message.removed) {
        if (message.in_log()) {
            const bool written = co_await journal_.write(entry_of(message));
            durable = written;
        } else {
            const bool written = co_await files_.bounce(message, failed);
            durable = written;
        }
        if (!durable)
            co_await io::sleep(journal_retry);
    }
    for (uint32_t index : failed)
        if (message.recipients[index].pending())
            mark(message, index, State::failed_owed);
}

void QueueManager::mark(Message& message, uint32_t recipient, State state) {
    message.recipients[recipient].state = state;
    if (!message.in_log())
        return;
    try {
        states_.mark(message.record(), recipient, state);
    } catch (const base::SystemError& error) {
        log::spool_trouble(message.queue_id, error.what());
    }
    log_.touched(message);
}

io::Task<void> QueueManager::put_off(Message& message) {
    auto now = io::loop().wall();
    message.next_attempt = stopping_ ? now : now + delay_of(message, now);
    message.put_off_at = now;
    message.asked = false;
    if (!message.in_log()) {
        bool there = co_await files_.defer(message);
        if (there)
            schedule(message, message.next_attempt);
        forget(message);
        co_return;
    }
    if (should_move(message)) {
        co_await move_later(message);
        co_return;
    }
    co_await journal_.write(entry_of(message));
    message.stage = Stage::waiting;
    schedule(message, message.next_attempt);
}

// The usual back-off; a moment, where a next hop came back while this attempt was under way; or
// what an agent asks for, doubled with each time in a row, since what it waits for may be what
// brings its relay down.
base::Duration QueueManager::delay_of(const Message& message, base::WallTime now) {
    auto usual = backoff(now - message.arrival, settings_.backoff, base::random_fraction());
    if (returns_.came_back_since(message.hops, message.active_since))
        return base::Duration(static_cast<int64_t>(base::random_fraction() * moment.count()));
    base::Duration wanted{0};
    for (const Recipient& recipient : message.recipients)
        if (recipient.pending() && recipient.last != nullptr &&
            recipient.last->retry_in.count() > 0)
            wanted = wanted.count() == 0 ? recipient.last->retry_in
                                         : std::min(wanted, recipient.last->retry_in);
    if (wanted.count() == 0) {
        hurried_.erase(message.queue_id);
        return usual;
    }
    uint32_t times = std::min(hurried_[message.queue_id]++, most_doublings);
    return std::min(usual, wanted * (int64_t{1} << times));
}

// A flush of this message, or the return of its next hop, that came while it was put off is for it
// too.
void QueueManager::schedule(const Message& message, base::WallTime time) {
    timetable_.set(message.queue_id, message.asked ? flushed_at_ : time);
    if (!message.hops.empty()) {
        timetable_.learn(message.queue_id, message.arrival, message.hops);
        returns_.joined(message.hops, message.put_off_at, io::loop().now());
    }
    time_changed_.set();
}

bool QueueManager::should_move(const Message& message) const {
    auto since = message.follower != nullptr ? message.follower->since : message.arrival;
    return stopping_ || tight() || message.next_attempt > since + settings_.age_limit;
}

// Into deferred/ or hold/; where that cannot be, the message waits on in the log.
io::Task<void> QueueManager::move_later(Message& message) {
    std::string queue = message.held ? "hold" : "deferred";
    bool moved = co_await move_out(message, std::move(queue));
    if (moved)
        co_return;
    co_await journal_.write(entry_of(message));
    message.stage = Stage::waiting;
    auto earliest = io::loop().wall() + move_retry;
    schedule(message, std::max(message.next_attempt, earliest));
}

io::Task<bool> QueueManager::move_out(Message& message, std::string queue) {
    spool::Move move;
    move.queue = queue;
    move.next_attempt = message.next_attempt;
    for (const Recipient& recipient : message.recipients) {
        move.done.push_back(!recipient.pending());
        if (recipient.pending() && recipient.last != nullptr) {
            const mail::Outcome& last = *recipient.last;
            auto index = static_cast<uint32_t>(&recipient - message.recipients.data());
            move.reasons.push_back(
                {index, last.dsn, last.reason, last.diagnostic, last.remote_mta});
        }
    }
    bool moved = false;
    try {
        auto content = spool::Content::open(disk_, settings_.folders.root, message.record());
        move.envelope = content.envelope();
        move.envelope.more.erase(std::string(spool::note::hold));
        move.content = std::make_unique<spool::LogSource>(std::move(content));
        co_await mover_.move(std::move(move));
        moved = true;
    } catch (const base::SystemError& error) {
        log::spool_trouble(message.queue_id, error.what());
        if (error.code() == ENOSPC || error.code() == EDQUOT)
            no_space_until_ = io::loop().now() + move_retry;
    } catch (const std::runtime_error& error) {
        log::spool_trouble(message.queue_id, error.what());
    }
    if (!moved)
        co_return false;
    for (uint32_t i = 0; i < message.recipients.size(); ++i)
        if (message.recipients[i].state != State::done)
            mark(message, i, State::done);
    if (message.removed)
        scope_.spawn(remove_file({queue, message.queue_id}, false));
    else if (queue == "deferred")
        schedule(message, message.next_attempt);
    forget(message);
    co_return true;
}

// The third agent died of it.
io::Task<void> QueueManager::set_aside(Message& message) {
    log::corrupt(message, "three delivery agents crashed with it");
    if (message.in_log()) {
        bool moved = co_await move_out(message, "corrupt");
        if (!moved)
            co_await move_later(message);
        co_return;
    }
    co_await files_.put_aside(message.file().queue, message.queue_id);
    forget(message);
}

JournalEntry QueueManager::entry_of(const Message& message) const {
    JournalEntry entry;
    entry.queue_id = message.queue_id;
    entry.message = message.place;
    entry.attempts = message.attempts;
    entry.deaths = message.deaths;
    entry.next_attempt = message.next_attempt;
    for (uint32_t i = 0; i < message.recipients.size(); ++i) {
        const Recipient& recipient = message.recipients[i];
        if ((!recipient.pending() && !recipient.owed()) || recipient.last == nullptr)
            continue;
        entry.outcomes.push_back(*recipient.last);
        entry.outcomes.back().recipient = i;
    }
    return entry;
}

void QueueManager::crashed(Message& message) {
    scope_.spawn(write_journal(entry_of(message)));
}

io::Task<void> QueueManager::write_journal(JournalEntry entry) {
    co_await journal_.write(std::move(entry));
}

bool QueueManager::refresh(Message& message) {
    if (!message.in_log())
        return files_.refresh(message);
    auto count = static_cast<uint32_t>(message.recipients.size());
    try {
        std::vector<State> states = states_.read(message.record(), count);
        for (uint32_t i = 0; i < count; ++i)
            message.recipients[i].state = std::max(message.recipients[i].state, states[i]);
    } catch (const base::SystemError& error) {
        log::spool_trouble(message.queue_id, error.what());
        return false;
    }
    return true;
}

// Nothing is owed any more.
void QueueManager::finish(Message& message) {
    if (!message.in_log()) {
        scope_.spawn(remove_file(message.file(), !message.removed));
    } else if (!message.removed) {
        log::removed(message.queue_id);
    }
    forget(message);
}

io::Task<void> QueueManager::remove_file(ipc::FileRef file, bool log) {
    co_await files_.remove(file.queue, file.id);
    if (log)
        log::removed(file.id);
}

// Out of memory. `message` is no more when this returns.
void QueueManager::forget(Message& message) {
    bool was_full = !room();
    if (message.in_log() && message.finished())
        log_.finished(message);
    if (message.finished()) {
        journal_.forget(message.queue_id);
        hurried_.erase(message.queue_id);
    }
    messages_.erase(std::string(message.queue_id));
    if (was_full) {
        log_.wake();
        time_changed_.set();
    }
}

}  // namespace qmgr
