// Non-delivery reports: asked of bounce, found in the log when the answer got lost, sent once.
#include <algorithm>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "qmgr/log_lines.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration catch_up_interval = 100ms;
constexpr base::Duration first_retry = 1s;
constexpr base::Duration last_retry = 60s;

class Counted {
  public:
    explicit Counted(size_t& count) : count_(count) { ++count_; }
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;

  private:
    size_t& count_;
};

}  // namespace

// A report that somebody committed, as recovery and a lost answer come across it.
void QueueManager::note_report(const mail::Envelope& envelope) {
    const std::string reported = envelope.note(ipc::report_for);
    if (reported.empty())
        return;
    std::set<uint32_t> recipients;
    for (std::string_view index : base::split(reported, ","))
        if (auto number = base::number<uint32_t>(index))
            recipients.insert(*number);
    if (auto original = messages_.find(envelope.report_of); original != messages_.end())
        for (uint32_t index : recipients)
            mark_reported(*original->second, index);
    // After loss of power the failure itself may be forgotten, and comes to light only later.
    if (!caught_up_)
        reports_[envelope.report_of].merge(recipients);
}

void QueueManager::mark_reported(Message& message, uint32_t recipient) {
    if (recipient < message.recipients.size() && message.recipients[recipient].owed())
        mark(message, recipient, State::reported);
}

// Goes on when everything that was promised by `moment` has been read, so that a report which an
// earlier process committed is known.
io::Task<void> QueueManager::until_caught_up(LogFollower::Moment moment) {
    if (caught_up_ && moment.serial <= started_.serial)
        co_return;  // what comes in since may fill all room, which reports make anew
    const Counted behind(behind_);
    log_.wake();
    while (!stopping_ && !log_.caught_up(moment))
        co_await io::sleep(catch_up_interval);
}

namespace {

ipc::BounceRequest request_of(const Message& message, ipc::ReportKind kind) {
    ipc::BounceRequest request;
    request.kind = kind;
    request.message = message.place;
    request.size = message.size;
    request.envelope.queue_id = message.queue_id;
    request.envelope.arrival = message.arrival;
    request.envelope.sender = message.sender;
    request.envelope.encoding = message.encoding;
    request.envelope.tls_wish = message.tls_wish;
    request.envelope.dsn_envid = message.dsn_envid;
    request.envelope.dsn_ret = message.dsn_ret;
    return request;
}

}  // namespace

ipc::BounceRequest QueueManager::request_for(const Message& message,
                                             const std::vector<uint32_t>& owed) {
    ipc::BounceRequest request = request_of(message, ipc::ReportKind::failure);
    for (uint32_t index : owed) {
        const Recipient& recipient = message.recipients[index];
        request.envelope.recipients.push_back(recipient.envelope);
        mail::Outcome outcome;
        outcome.status = mail::Status::bounced;
        outcome.dsn = {5, 0, 0};
        outcome.reason = "undeliverable";
        if (recipient.last != nullptr)
            outcome = *recipient.last;
        outcome.recipient = index;
        request.outcomes.push_back(std::move(outcome));
    }
    return request;
}

// Those who asked not to hear of failures (RFC 3461 section 4.1) do not.
void QueueManager::drop_unwanted(Message& message) {
    for (uint32_t i = 0; i < message.recipients.size(); ++i) {
        const uint32_t notify = message.recipients[i].envelope.notify;
        if (notify != 0 && (notify & mail::notify_failure) == 0 && message.recipients[i].owed())
            mark(message, i, State::done);
    }
}

// False when qmgr is to stop before there is a report.
io::Task<bool> QueueManager::report(Message& message) {
    LogFollower::Moment known = started_;
    base::Duration retry = first_retry;
    message.reporting = true;
    for (;;) {
        drop_unwanted(message);
        if (!message.sender.empty())
            co_await until_caught_up(known);
        if (stopping_)
            co_return false;
        if (auto found = reports_.find(message.queue_id); found != reports_.end()) {
            for (uint32_t index : found->second)
                mark_reported(message, index);
            reports_.erase(found);
        }
        std::vector<uint32_t> owed;
        for (uint32_t i = 0; i < message.recipients.size(); ++i)
            if (message.recipients[i].owed())
                owed.push_back(i);
        if (owed.empty() || message.removed)
            break;
        if (message.sender.empty()) {
            log::dropped(message);
            for (uint32_t index : owed)
                mark(message, index, State::done);
            break;
        }
        std::optional<ipc::BounceAnswer> answer = co_await bounces_.ask(request_for(message, owed));
        if (answer && !answer->report.empty()) {
            for (uint32_t index : owed)
                mark_reported(message, index);
            break;
        }
        if (answer) {
            log::bounce_trouble(message, answer->error);
            co_await io::sleep(retry);
            retry = std::min(2 * retry, last_retry);
        } else {
            known = log_.moment();  // whoever committed a report has promised it by now
        }
    }
    message.reporting = false;
    if (!message.in_log())
        co_await files_.reported(message.queue_id);
    co_return true;
}

// What the sender is told of an attempt beside failures. Nothing of it is owed: after a crash what
// was delivered is known, and not told any more.
io::Task<void> QueueManager::announce(Message& message) {
    constexpr ipc::ReportKind kinds[] = {ipc::ReportKind::success, ipc::ReportKind::status,
                                         ipc::ReportKind::probe};
    ipc::BounceRequest request = request_of(message, kinds[static_cast<size_t>(message.trace)]);
    std::vector<mail::Outcome> told = std::exchange(message.told, {});
    for (uint32_t i = 0; message.trace != Trace::none && i < message.recipients.size(); ++i) {
        if (!message.recipients[i].pending() || message.recipients[i].last == nullptr)
            continue;
        told.push_back(*message.recipients[i].last);
        told.back().recipient = i;
    }
    if (message.trace == Trace::status)
        message.trace = Trace::none;
    if (told.empty() || message.sender.empty())
        co_return;
    std::sort(told.begin(), told.end(), [](const mail::Outcome& a, const mail::Outcome& b) {
        return a.recipient < b.recipient;
    });
    for (const mail::Outcome& outcome : told)
        request.envelope.recipients.push_back(message.recipients[outcome.recipient].envelope);
    request.outcomes = std::move(told);
    message.reporting = true;
    bool over = false;
    for (base::Duration retry = first_retry; !over && !stopping_ && !message.removed;) {
        std::optional<ipc::BounceAnswer> answer = co_await bounces_.ask(request);
        over = !answer || !answer->report.empty();
        if (over)
            break;
        log::bounce_trouble(message, answer->error);
        co_await io::sleep(retry);
        retry = std::min(2 * retry, last_retry);
    }
    message.reporting = false;
}

// Its recipients have their answer, and get nothing.
void QueueManager::end_probe(Message& message) {
    for (uint32_t i = 0; i < message.recipients.size(); ++i)
        if (message.recipients[i].pending() && message.recipients[i].last != nullptr)
            mark(message, i, State::done);
}

}  // namespace qmgr
