#include "lib/cleanup/intake.h"

#include <unordered_set>

namespace cleanup {

namespace {

Refusal::Why reason(spool::Refused::Why why) {
    switch (why) {
        case spool::Refused::no_space:
            return Refusal::no_space;
        case spool::Refused::too_big:
            return Refusal::too_big;
        case spool::Refused::failed:
            break;
    }
    return Refusal::failed;
}

}  // namespace

void Intake::refused(const spool::Refused& refusal) {
    refusal_ = Refusal{reason(refusal.why), refusal.what()};
    draft_.reset();
}

io::Task<void> Intake::begin(const mail::Envelope& envelope, std::string_view received,
                             bool local) {
    envelope_ = envelope;
    const unsigned hops = received.empty() ? 0 : 1;
    MessageFilter::About about;
    about.queue_id = envelope_.queue_id;
    about.sender = envelope_.sender;
    about.arrival = envelope_.arrival;
    about.complete_headers = local;
    if (auto name = envelope_.more.find("full_name"); name != envelope_.more.end())
        about.full_name = name->second;
    filter_.emplace(options_, std::move(about), hops);
    draft_.emplace(writer_.draft());
    filtered_ = received;
    co_return;
}

io::Task<void> Intake::store(std::string_view text) {
    if (!draft_ || draft_->try_append(text))
        co_return;
    try {
        co_await draft_->append(text);
    } catch (const spool::Refused& refusal) {
        refused(refusal);
    }
}

io::Task<void> Intake::add(std::string_view content) {
    if (refusal_)
        co_return;
    filter_->feed(content, filtered_);
    co_await store(filtered_);
    filtered_ = std::string();  // a slow client costs no buffer
}

void Intake::drop_doubles() {
    if (envelope_.recipients.size() < 2)
        return;
    std::unordered_set<std::string> seen;
    std::erase_if(envelope_.recipients, [&](const mail::Recipient& recipient) {
        return !seen.insert(recipient.address).second;
    });
}

io::Task<std::optional<Refusal>> Intake::commit() {
    if (!refusal_) {
        filter_->finish(filtered_);
        co_await store(filtered_);
    }
    if (!refusal_ && filter_->too_many_hops())
        refusal_ = Refusal{Refusal::too_many_hops, "too many hops"};
    if (refusal_)
        co_return refusal_;
    envelope_.message_id = filter_->message_id();
    drop_doubles();
    try {
        co_await writer_.commit(envelope_, std::move(*draft_));
    } catch (const spool::Refused& refusal) {
        refused(refusal);
    }
    co_return refusal_;
}

}  // namespace cleanup
