// All lines that the smtp client logs.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/time.h"
#include "lib/health/reasons.h"
#include "lib/health/transition.h"
#include "lib/ipc/delivery.h"
#include "lib/mail/outcome.h"
#include "lib/nexthop/visit.h"
#include "smtp/job.h"

namespace smtp::log {

// "QID: to=<…>, relay=…, delay=…, delays=…, dsn=…, status=… (…)".
void outcome(const ipc::DeliveryRequest& request, const ipc::DeliveryRecipient& recipient,
             const Way& way, const mail::Outcome& outcome);
// "connect to HOST[ADDRESS]:PORT: Connection refused".
void no_connection(const Trouble& trouble);
// "QID: host … said: …": mail goes on to the next destination.
void going_on(const ipc::DeliveryRequest& request, const Trouble& trouble);
// "QID: relay-attempt: LABEL by=MX result=CAUSE after=1.0s": a server that did not take the
// message; by which form of the next hop it was found.
void relay_attempt(const ipc::DeliveryRequest& request, std::string_view label,
                   nexthop::Endpoint::Source source, health::Reason cause, base::Duration after);
// "relay-health: LABEL CLOSED->OPEN reason=… fails=… retry_in=…".
void relay_health(const health::Transition& transition);
// failover_reply_filter cannot be obeyed.
void bad_filter(std::string_view why);
// A server does not want to know of the client.
void not_forwarded(const Trouble& trouble);
// A server sent a line that is no reply where several replies are due.
void no_reply(std::string_view queue_id, std::string_view protocol, std::string_view relay,
              std::string_view address, std::string_view line);
// Only the first `limit` bytes of a line are looked at.
void long_reply(std::string_view relay, size_t limit, std::string_view line);
// Content with bytes over 127 goes to a server that does not offer 8BITMIME.
void eight_bit_unannounced(const ipc::DeliveryRequest& request, std::string_view peer);
// A table gives several addresses where one is used.
void many_valued(std::string_view parameter, std::string_view address);
// A relay that `parameter` names does not exist, or is this machine.
void misconfigured(std::string_view parameter);
// A server greets or answers with the name of this machine.
void our_own_name(std::string_view peer, std::string_view did, std::string_view name);
// There is no TLS policy now by which mail could go there.
void tls_policy_trouble(const nexthop::Visit& visit, std::string_view trouble);
// "Host offered STARTTLS: [HOST]", where no use is made of it.
void starttls_offered(std::string_view host);
// A server at the port of TLS from the first byte is about to be spoken to without.
void no_wrappermode(std::string_view program);
// The local address that connections should have cannot be used.
void not_bound(std::string_view address, std::string_view why);
// The token that was refused cannot be renewed.
void no_token(std::string_view relay, std::string_view user, std::string_view why);
// The queue could not be told of a delivery.
void not_marked(const ipc::DeliveryRequest& request, std::string_view why);
// qmgr sent what is no request.
void bad_frame(std::string_view why);

}  // namespace smtp::log
