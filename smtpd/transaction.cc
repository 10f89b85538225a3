#include "smtpd/transaction.h"

#include "lib/cleanup/received.h"
#include "smtpd/log.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

mail::Reply reply_to(cleanup::Refusal::Why why) {
    switch (why) {
        case cleanup::Refusal::no_space:
            return mail::Reply::make(452, "4.3.1 Insufficient system storage");
        case cleanup::Refusal::too_big:
            return mail::Reply::make(552, "5.3.4 Error: message file too big");
        case cleanup::Refusal::too_many_hops:
            return mail::Reply::make(554, "5.4.0 Error: too many hops");
        case cleanup::Refusal::expansion:
            return mail::Reply::make(451, "4.6.0 Alias expansion error");
        case cleanup::Refusal::lookup:
        case cleanup::Refusal::failed:
            break;
    }
    return mail::Reply::make(451, "4.3.0 Error: queue file write error");
}

bool is_our_trouble(cleanup::Refusal::Why why) {
    return why == cleanup::Refusal::no_space || why == cleanup::Refusal::failed;
}

}  // namespace

Transaction::Transaction(const Shared& shared, mail::Envelope envelope, bool complete_headers)
    : shared_(shared),
      envelope_(std::move(envelope)),
      local_(complete_headers),
      intake_(shared.options.cleanup, shared.mappings, shared.writer) {}

void Transaction::add_recipient(std::string_view given, uint32_t notify, std::string_view orcpt) {
    mail::Recipient recipient;
    recipient.notify = notify;
    recipient.orcpt = orcpt;
    recipient.address = cleanup::complete(shared_.options.cleanup, given);
    if (recipient.address != given)
        recipient.original = given;
    envelope_.recipients.push_back(std::move(recipient));
}

io::Task<void> Transaction::begin_content() {
    std::string received =
        cleanup::received_header(shared_.options.cleanup, envelope_, received_notes);
    co_await intake_.begin(envelope_, received, local_, prepended);
}

io::Task<void> Transaction::add_content(std::string_view content) {
    if (!intake_.begun())
        co_await begin_content();
    co_await intake_.add(content);
}

io::Task<std::optional<mail::Reply>> Transaction::commit() {
    if (!intake_.begun())
        co_await begin_content();
    intake_.order(std::move(orders));
    std::optional<cleanup::Refusal> refusal = co_await intake_.commit();
    if (!refusal) {
        shared_.committed();
        co_return std::nullopt;
    }
    if (is_our_trouble(refusal->why))
        log::not_stored(queue_id(), refusal->what);
    co_return reply_to(refusal->why);
}

}  // namespace smtpd
