// A verdict is what a failure says of the relay, and what becomes of the message for it.
//
// One table has the cause (lib/health/reasons.h) of each failure at each stage of a conversation.
// What the message's fate is without it is the trouble's own kind; a relay that somebody configured
// returns no mail for what is the relay's matter: its greeting, its EHLO, its refusal of us.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/health/reasons.h"
#include "lib/mail/reply.h"
#include "lib/nexthop/site.h"
#include "smtp/stage.h"
#include "smtp/trouble.h"

namespace smtp {

// How a conversation failed, wherever it was.
enum class Fault : uint8_t { lost, timed_out, out_of_step, closing, transient, permanent };

health::Reason cause_of(Stage stage, Fault fault);
// The same of a reply that says no; what it says in its text or enhanced code counts as well.
health::Reason cause_of(Stage stage, const mail::Reply& reply);
// By which of the failures of a look-up the relay is to blame; none where it is not.
health::Reason cause_of(const nexthop::Absence& absence);
// Whether it refuses the client, for what it is or is not, rather than the message.
bool refuses_client(Stage stage, const mail::Reply& reply);

// What failover_reply_filter says to do about a reply.
enum class Order : uint8_t { failover, defer, bounce };
// As tables have it; none for another word.
std::optional<Order> order_named(std::string_view word);

// `trouble` with a relay that somebody configured, as it concerns the message.
Trouble judged(Trouble trouble, bool configured);
Trouble ordered(Trouble trouble, Order order);

}  // namespace smtp
