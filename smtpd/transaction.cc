#include "smtpd/transaction.h"

#include <unordered_set>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/cleanup/received.h"
#include "smtpd/log.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

mail::Reply reply_to(spool::Refused::Why why) {
    switch (why) {
        case spool::Refused::no_space:
            return mail::Reply::make(452, "4.3.1 Insufficient system storage");
        case spool::Refused::too_big:
            return mail::Reply::make(552, "5.3.4 Error: message file too big");
        case spool::Refused::failed:
            break;
    }
    return mail::Reply::make(451, "4.3.0 Error: queue file write error");
}

}  // namespace

Transaction::Transaction(const Shared& shared, mail::Envelope envelope, bool complete_headers)
    : shared_(shared), envelope_(std::move(envelope)), complete_headers_(complete_headers) {}

void Transaction::add_recipient(std::string_view given, uint32_t notify, std::string_view orcpt) {
    mail::Recipient recipient;
    recipient.notify = notify;
    recipient.orcpt = orcpt;
    recipient.address = cleanup::complete(shared_.options.cleanup, given);
    if (recipient.address != given)
        recipient.original = given;
    envelope_.recipients.push_back(std::move(recipient));
}

void Transaction::refused(const spool::Refused& refusal) {
    refusal_ = reply_to(refusal.why);
    draft_.reset();
    if (refusal.why != spool::Refused::too_big)
        log::not_stored(queue_id(), refusal.what());
}

void Transaction::begin_content() {
    constexpr unsigned hops = 1;  // the header put here
    filter_.emplace(shared_.options.cleanup,
                    cleanup::MessageFilter::About{envelope_.queue_id, envelope_.sender,
                                                  envelope_.arrival, complete_headers_},
                    hops);
    draft_.emplace(shared_.writer.draft());
    filtered_ = cleanup::received_header(shared_.options.cleanup, envelope_);
}

io::Task<void> Transaction::store(std::string_view text) {
    if (!draft_ || draft_->try_append(text))
        co_return;
    try {
        co_await draft_->append(text);
    } catch (const spool::Refused& refusal) {
        refused(refusal);
    }
}

io::Task<void> Transaction::add_content(std::string_view content) {
    if (!filter_)
        begin_content();
    if (refusal_)
        co_return;
    filter_->feed(content, filtered_);
    co_await store(filtered_);
    filtered_ = std::string();  // a slow client costs no buffer
}

void Transaction::drop_doubles() {
    if (envelope_.recipients.size() < 2)
        return;
    std::unordered_set<std::string> seen;
    std::erase_if(envelope_.recipients, [&](const mail::Recipient& recipient) {
        return !seen.insert(recipient.address).second;
    });
}

io::Task<std::optional<mail::Reply>> Transaction::commit() {
    if (!filter_)
        begin_content();
    if (!refusal_) {
        filter_->finish(filtered_);
        co_await store(filtered_);
    }
    if (!refusal_ && filter_->too_many_hops())
        refusal_ = mail::Reply::make(554, "5.4.0 Error: too many hops");
    if (refusal_)
        co_return refusal_;
    envelope_.message_id = filter_->message_id();
    drop_doubles();
    try {
        co_await shared_.writer.commit(envelope_, std::move(*draft_));
    } catch (const spool::Refused& refusal) {
        refused(refusal);
    }
    if (!refusal_)
        shared_.committed();
    co_return refusal_;
}

}  // namespace smtpd
