#include "qmgr/log_lines.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/mail/delay.h"

namespace qmgr::log {

void active(const Message& message) {
    base::log::info(base::text(message.queue_id, ": from=<", message.sender,
                               ">, size=", message.size, ", nrcpt=", message.recipients.size(),
                               " (queue active)"));
}

void removed(std::string_view queue_id) {
    base::log::info(base::text(queue_id, ": removed"));
}

void expired(const Message& message) {
    base::log::info(base::text(message.queue_id, ": from=<", message.sender,
                               ">, status=expired, returned to sender"));
}

void returned(std::string_view hop, size_t messages) {
    base::log::info(base::text("next hop ", hop, " is back: ", messages,
                               messages == 1 ? " message waits" : " messages wait", " for it"));
}

void not_sent(const Message& message, const Recipient& recipient, const mail::Outcome& outcome,
              bool softened) {
    base::WallTime now = io::loop().wall();
    const mail::Recipient& to = recipient.envelope;
    std::string_view status = softened                        ? "SOFTBOUNCE"
                              : message.trace == Trace::probe ? mail::probe_text(outcome.status)
                                                              : mail::status_text(outcome.status);
    std::string line = base::text(message.queue_id, ": to=<", to.address, ">");
    if (!to.original.empty() && !base::equal_nocase(to.original, to.address))
        base::append(line, ", orig_to=<", to.original, ">");
    base::append(line, ", relay=none, delay=", mail::delay_text(now - message.arrival),
                 ", delays=", mail::delay_text(message.active_since - message.arrival), "/",
                 mail::delay_text(now - message.active_since), "/0/0, dsn=", outcome.dsn.text(),
                 ", status=", status, " (", outcome.reason, ")");
    std::string_view judge = outcome.status == mail::Status::sent ? "discard" : "error";
    base::log::info_as(message.refused.empty() ? judge : "cleanup", line);
}

void dropped(const Message& message) {
    base::log::info(base::text(message.queue_id,
                               ": from=<>, undeliverable, not returned since it has no sender"));
}

void corrupt(const Message& message, std::string_view why) {
    base::log::error(base::text(message.queue_id, ": moved to corrupt: ", why));
}

void put_aside(std::string_view queue_id, std::string_view why) {
    base::log::error(base::text(queue_id, ": cannot be read, moved to corrupt: ", why));
}

void spool_trouble(std::string_view what, std::string_view why) {
    base::log::warning(base::text(what, ": ", why));
}

void orphans_removed(size_t count) {
    base::log::info(
        base::text("removed ", count, " content files of mail that was never accepted"));
}

void segment_trouble(uint32_t segment, std::string_view why) {
    base::log::error(base::text("log segment ", segment, " cannot be read now: ", why));
}

void agent_lost(std::string_view transport, std::string_view why, size_t deliveries) {
    base::log::warning(base::text("lost an agent of transport ", transport, " with ", deliveries,
                                  " deliveries in flight: ", why));
}

void transport_unavailable(std::string_view transport, std::string_view why) {
    base::log::warning(base::text("mail transport ", transport, " is unavailable: ", why));
}

void bounce_trouble(const Message& message, std::string_view why) {
    base::log::warning(base::text(message.queue_id, ": no report to <", message.sender,
                                  "> yet, will try again: ", why));
}

}  // namespace qmgr::log
