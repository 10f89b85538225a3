// The log lines of qmgr, one function an event.
#pragma once

#include <string_view>

#include "lib/base/time.h"
#include "lib/mail/outcome.h"
#include "qmgr/message.h"

namespace qmgr::log {

void active(const Message& message);
void removed(std::string_view queue_id);
void expired(const Message& message);
// Mail that waited for this next hop goes now.
void returned(std::string_view hop, size_t messages);
// A recipient whose fate was decided here and not by an agent; in Postfix the error service, or for
// mail that is discarded the discard service, and for a message that nobody may get the cleanup
// service, says so. `softened`: soft_bounce kept it from
// bouncing.
void not_sent(const Message& message, const Recipient& recipient, const mail::Outcome& outcome,
              bool softened);
// Undeliverable mail of the null sender.
void dropped(const Message& message);
void corrupt(const Message& message, std::string_view why);
void put_aside(std::string_view queue_id, std::string_view why);
void spool_trouble(std::string_view what, std::string_view why);
// Content files that no record names.
void orphans_removed(size_t count);
// A segment of the log that is tried again soon.
void segment_trouble(uint32_t segment, std::string_view why);
void agent_lost(std::string_view transport, std::string_view why, size_t deliveries);
void transport_unavailable(std::string_view transport, std::string_view why);
void bounce_trouble(const Message& message, std::string_view why);

}  // namespace qmgr::log
