#include "qmgr/orders.h"

#include "lib/spool/notes.h"

namespace qmgr {

namespace {

// One address gets the mail of all, once, and no filter gets it.
void redirect(Message& message, const std::string& address) {
    bool sent = false;
    for (Recipient& recipient : message.recipients) {
        if (!recipient.pending())
            continue;
        if (sent) {
            recipient.state = spool::RecipientState::done;
            continue;
        }
        sent = true;
        mail::Recipient& to = recipient.envelope;
        std::string before = std::exchange(to.address, address);
        if (to.original.empty())
            to.original = std::move(before);
    }
}

}  // namespace

void take_orders(Message& message, const mail::Envelope& envelope) {
    if (envelope.more.empty())
        return;
    message.refused = envelope.note(spool::note::refused);
    message.held = !envelope.note(spool::note::hold).empty();
    std::string trace = envelope.note(spool::note::trace);
    if (trace == spool::note::trace_probe)
        message.trace = Trace::probe;
    else if (trace == spool::note::trace_status)
        message.trace = Trace::status;
    std::string redirected = envelope.note(spool::note::redirect);
    if (redirected.empty())
        message.filter = envelope.note(spool::note::content_filter);
    else
        redirect(message, redirected);
}

}  // namespace qmgr
