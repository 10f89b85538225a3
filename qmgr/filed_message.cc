#include "qmgr/filed_message.h"

#include "qmgr/orders.h"

namespace qmgr {

std::unique_ptr<Message> message_of(const std::string& queue, const std::string& id,
                                    spool::QueueFile file) {
    auto message = std::make_unique<Message>();
    message->queue_id = id;
    message->place = ipc::FileRef{queue, id};
    message->sender = std::move(file.envelope.sender);
    message->size = file.size;
    message->encoding = file.envelope.encoding;
    message->tls_wish = file.envelope.tls_wish;
    message->has_leading_dots = file.has_leading_dots;
    message->dsn_envid = std::move(file.envelope.dsn_envid);
    message->dsn_ret = std::move(file.envelope.dsn_ret);
    message->arrival = file.envelope.arrival;
    for (size_t i = 0; i < file.places.size(); ++i) {
        Recipient recipient;
        recipient.envelope = std::move(file.envelope.recipients[i]);
        recipient.mark = file.places[i].mark;
        if (file.places[i].done)
            recipient.state = spool::RecipientState::done;
        message->recipients.push_back(std::move(recipient));
    }
    take_orders(*message, file.envelope);
    if (message->trace == Trace::status)
        message->trace = Trace::none;  // what lies in a file was tried before
    message->held = false;             // somebody took it out of hold/
    return message;
}

void take_owed(Message& message, const std::vector<spool::DeferEntry>& entries) {
    for (const spool::DeferEntry& entry : entries)
        for (Recipient& recipient : message.recipients) {
            bool same = entry.mark != 0 ? entry.mark == recipient.mark
                                        : entry.recipient == recipient.envelope.address;
            if (!same)
                continue;
            recipient.state = spool::RecipientState::failed_owed;
            recipient.last = std::make_unique<mail::Outcome>();
            recipient.last->status = mail::Status::bounced;
            recipient.last->recipient =
                static_cast<uint32_t>(&recipient - message.recipients.data());
            recipient.last->dsn = entry.dsn;
            recipient.last->reason = entry.reason;
            recipient.last->remote_mta = entry.remote_mta;
            recipient.last->diagnostic = entry.diagnostic;
        }
}

}  // namespace qmgr
