#include "smtp/log.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/mail/delay.h"

namespace smtp::log {
namespace {

std::string one_line(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c == '\n' || c == '\r')
            c = ' ';
    return out;
}

}  // namespace

void outcome(const ipc::DeliveryRequest& request, const ipc::DeliveryRecipient& recipient,
             const Way& way, const mail::Outcome& outcome) {
    std::string line;
    line.reserve(400);
    base::append(line, request.queue_id, ": to=<", recipient.address, ">");
    if (!recipient.original.empty() && !base::equal_nocase(recipient.original, recipient.address))
        base::append(line, ", orig_to=<", recipient.original, ">");
    base::append(line, ", relay=", way.relay);
    if (way.uses > 1)
        base::append(line, ", conn_use=", way.uses);
    base::WallTime now = io::loop().wall();
    base::append(
        line, ", delay=", mail::delay_text(now - request.arrival),
        ", delays=", mail::delay_text(request.active_since - request.arrival), '/',
        mail::delay_text(way.taken_up - request.active_since), '/',
        mail::delay_text(way.connected - way.taken_up), '/', mail::delay_text(now - way.connected),
        way.tls.empty() ? "" : ", tls=", way.tls, ", dsn=", outcome.dsn.text(), ", status=",
        request.probe ? mail::probe_text(outcome.status) : mail::status_text(outcome.status), " (",
        one_line(outcome.reason), ")");
    base::log::info(line);
}

void no_connection(const Trouble& trouble) {
    base::log::info(trouble.reason);
}

void going_on(const ipc::DeliveryRequest& request, const Trouble& trouble) {
    base::log::info(base::text(request.queue_id, ": ", trouble.reason));
}

void relay_attempt(const ipc::DeliveryRequest& request, std::string_view label,
                   nexthop::Endpoint::Source source, health::Reason cause, base::Duration after) {
    auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(after).count() / 100;
    base::log::info(base::text(
        request.queue_id, ": relay-attempt: ", one_line(label), " by=", nexthop::name_of(source),
        " result=", health::row_of(cause).name, " after=", tenths / 10, '.', tenths % 10, 's'));
}

void relay_health(const health::Transition& transition) {
    base::log::info(health::log_line(transition));
}

void bad_filter(std::string_view why) {
    base::log::warning(base::text("failover_reply_filter: ", why));
}

void not_forwarded(const Trouble& trouble) {
    base::log::warning(trouble.reason);
}

void no_reply(std::string_view queue_id, std::string_view protocol, std::string_view relay,
              std::string_view address, std::string_view line) {
    constexpr size_t shown = 100;
    base::log::warning(base::text(queue_id, ": non-", protocol, " response from ", relay, ": ",
                                  base::printable(base::trim(line.substr(0, shown)))));
    base::log::warning(base::text(
        "to prevent loss of mail, turn off command pipelining for ", address, " with the ",
        protocol == "LMTP" ? "lmtp_discard_lhlo_keyword" : "smtp_discard_ehlo_keyword",
        "_address_maps parameter"));
}

void long_reply(std::string_view relay, size_t limit, std::string_view line) {
    constexpr size_t shown = 30;
    base::log::warning(base::text(relay, ": response longer than ", limit, ": ",
                                  base::printable(line.substr(0, shown)), "..."));
}

void eight_bit_unannounced(const ipc::DeliveryRequest& request, std::string_view peer) {
    base::log::warning(base::text(request.queue_id, ": host ", peer,
                                  " does not offer 8BITMIME: the message is sent to it unchanged"));
}

void many_valued(std::string_view parameter, std::string_view address) {
    base::log::warning(
        base::text("multi-valued ", parameter, " result for ", base::printable(address)));
}

void misconfigured(std::string_view parameter) {
    base::log::warning(base::text(parameter, " configuration problem"));
}

void tls_policy_trouble(const nexthop::Visit& visit, std::string_view trouble) {
    base::log::warning(base::text("TLS policy of ", base::printable(visit.element), " (host ",
                                  base::printable(visit.host), "): ", trouble));
}

void our_own_name(std::string_view peer, std::string_view did, std::string_view name) {
    base::log::warning(base::text("host ", peer, " ", did, " with my own hostname ", name));
}

void starttls_offered(std::string_view host) {
    base::log::info(base::text("Host offered STARTTLS: [", host, "]"));
}

void no_wrappermode(std::string_view program) {
    base::log::info(base::text("SMTPS wrappermode (TCP port 465) requires setting \"", program,
                               "_tls_wrappermode = yes\", and \"", program,
                               "_tls_security_level = encrypt\" (or stronger)"));
}

void not_bound(std::string_view address, std::string_view why) {
    base::log::warning(base::text("cannot send from ", address, ": ", why));
}

void no_token(std::string_view relay, std::string_view user, std::string_view why) {
    base::log::warning(base::text(relay, ": no new token for ", base::printable(user), ": ",
                                  base::printable(why)));
}

void not_marked(const ipc::DeliveryRequest& request, std::string_view why) {
    base::log::warning(
        base::text(request.queue_id, ": delivered, but not marked so in the queue: ", why));
}

void bad_frame(std::string_view why) {
    base::log::warning(base::text("malformed delivery request from qmgr: ", why));
}

}  // namespace smtp::log
