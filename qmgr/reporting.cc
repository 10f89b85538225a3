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
    auto found = envelope.more.find(std::string(ipc::report_for));
    if (found == envelope.more.end())
        return;
    std::set<uint32_t> recipients;
    for (std::string_view index : base::split(found->second, ","))
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

ipc::BounceRequest QueueManager::request_for(const Message& message,
                                             const std::vector<uint32_t>& owed) {
    ipc::BounceRequest request;
    request.message = message.place;
    request.size = message.size;
    request.envelope.queue_id = message.queue_id;
    request.envelope.arrival = message.arrival;
    request.envelope.sender = message.sender;
    request.envelope.encoding = message.encoding;
    request.envelope.dsn_envid = message.dsn_envid;
    request.envelope.dsn_ret = message.dsn_ret;
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

// False when qmgr is to stop before there is a report.
io::Task<bool> QueueManager::report(Message& message) {
    LogFollower::Moment known = started_;
    base::Duration retry = first_retry;
    message.reporting = true;
    for (;;) {
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

}  // namespace qmgr
