#include "smtp/verdict.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/base/text.h"

namespace smtp {
namespace {

using health::Reason;

constexpr Reason none = Reason::none;

// By Fault.
using Row = std::array<Reason, 6>;

constexpr Row greeting = {Reason::banner_timeout, Reason::banner_timeout, Reason::banner_5xx,
                          Reason::banner_4xx,     Reason::banner_4xx,     Reason::banner_5xx};
constexpr Row hello = {Reason::connection_lost, Reason::ehlo_timeout, Reason::ehlo_refused,
                       Reason::ehlo_refused,    Reason::ehlo_refused, Reason::ehlo_refused};
constexpr Row starttls = {Reason::tls_failed, Reason::tls_failed, Reason::tls_failed,
                          Reason::reply_421,  Reason::tls_failed, Reason::tls_failed};
constexpr Row login = {Reason::connection_lost, Reason::command_timeout, Reason::connection_lost,
                       Reason::reply_421,       Reason::auth_4xx,        Reason::auth_rejected};
constexpr Row aside = {Reason::connection_lost,
                       Reason::command_timeout,
                       Reason::connection_lost,
                       Reason::reply_421,
                       none,
                       none};
constexpr Row mail = {Reason::connection_lost, Reason::command_timeout, Reason::connection_lost,
                      Reason::reply_421,       Reason::mail_4xx,        none};
constexpr Row rcpt = {Reason::connection_lost, Reason::command_timeout, Reason::connection_lost,
                      Reason::reply_421,       Reason::rcpt_4xx,        Reason::rcpt_5xx};
constexpr Row content = {Reason::data_lost, Reason::data_lost, Reason::data_lost,
                         Reason::reply_421, Reason::data_4xx,  Reason::data_5xx};
constexpr Row ending = {Reason::after_dot, Reason::after_dot, Reason::after_dot,
                        Reason::reply_421, Reason::data_4xx,  Reason::data_5xx};
constexpr Row leaving = {none, none, none, none, none, none};

// In the order of Stage.
constexpr std::array<Row, 16> causes = {greeting, hello,  hello,  hello,  starttls, login,
                                        aside,    aside,  mail,   rcpt,   content,  content,
                                        content,  ending, ending, leaving};

// "Too many": a limit on what the client may send, rather than on what the recipient gets.
bool limits_rate(const mail::Reply& reply) {
    std::string text = base::lower(reply.one_line());
    return reply.code == 452 ||
           (reply.dsn && reply.dsn->subject == 2 && reply.dsn->detail == 1 &&
            (text.find("rate") != std::string::npos || text.find("too many") != std::string::npos));
}

// RFC 4954 section 6, RFC 3463 section 3.8, RFC 7372.
bool refuses_login(Stage stage, const mail::Reply& reply) {
    constexpr std::array<int, 3> details{8, 9, 13};
    if (stage < Stage::mail || stage > Stage::data)
        return false;
    return reply.code == 530 || reply.code == 535 ||
           (reply.permanent() && reply.dsn && reply.dsn->subject == 7 &&
            std::ranges::find(details, reply.dsn->detail) != details.end());
}

// There is no code for it: 554 5.7.1, 550 5.7.1, 553 or 571 mean other things as well.
bool refuses_to_relay(Stage stage, const mail::Reply& reply) {
    constexpr std::array<std::string_view, 9> words{
        "relay access denied",    "relaying denied",      "relay denied",
        "unable to relay",        "relay not permitted",  "relaying not allowed",
        "not permitted to relay", "not allowed to relay", "authentication required"};
    if (!reply.permanent() || (stage != Stage::mail && stage != Stage::rcpt))
        return false;
    std::string text = base::lower(reply.one_line());
    return std::ranges::any_of(
        words, [&](std::string_view each) { return text.find(each) != std::string::npos; });
}

Fault fault_of(const mail::Reply& reply) {
    return reply.code == 421   ? Fault::closing
           : reply.transient() ? Fault::transient
           : reply.permanent() ? Fault::permanent
                               : Fault::out_of_step;
}

bool before_mail(Reason cause) {
    constexpr std::array own = {Reason::banner_4xx, Reason::banner_5xx, Reason::ehlo_refused,
                                Reason::tls_failed_required};
    return std::ranges::find(own, cause) != own.end();
}

void keep(Trouble& trouble, Trouble::Kind kind) {
    trouble.kind = kind;
    trouble.dsn.klass = 4;
}

}  // namespace

Reason cause_of(const nexthop::Absence& absence) {
    if (absence.dsn.subject != 4)
        return Reason::none;
    if (absence.dsn.detail == 3)
        return absence.dsn.klass == 4 ? Reason::dns_trouble : Reason::name_not_found;
    return absence.dsn.detail == 4 ? Reason::name_not_found : Reason::none;
}

bool refuses_client(Stage stage, const mail::Reply& reply) {
    return refuses_login(stage, reply) || refuses_to_relay(stage, reply);
}

Reason cause_of(Stage stage, Fault fault) {
    return causes.at(static_cast<size_t>(stage)).at(static_cast<size_t>(fault));
}

Reason cause_of(Stage stage, const mail::Reply& reply) {
    Fault fault = fault_of(reply);
    // RFC 8689 section 7: 5.7.30 is about what the message demands of the way from there.
    bool of_policy =
        stage == Stage::mail && reply.dsn && reply.dsn->subject == 7 && reply.dsn->detail != 30;
    // That it relays nothing for one recipient is not to cost the others the relay.
    bool relays_nothing = stage == Stage::mail && refuses_to_relay(stage, reply);
    if (fault == Fault::permanent && (of_policy || relays_nothing || refuses_login(stage, reply)))
        return Reason::relay_denied;
    if (fault == Fault::transient && stage == Stage::rcpt && limits_rate(reply))
        return Reason::rcpt_rate;
    return cause_of(stage, fault);
}

std::optional<Order> order_named(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Order>, 3> orders{
        {{"failover", Order::failover}, {"defer", Order::defer}, {"bounce", Order::bounce}}};
    auto found = std::ranges::find_if(
        orders, [&](const auto& one) { return base::equal_nocase(word, one.first); });
    return found == orders.end() ? std::nullopt : std::optional(found->second);
}

Trouble judged(Trouble trouble, bool configured) {
    bool returns = trouble.kind == Trouble::Kind::refused && !trouble.ordered;
    if (configured && returns && (trouble.of_client || before_mail(trouble.cause)))
        keep(trouble, Trouble::Kind::next);
    return trouble;
}

Trouble ordered(Trouble trouble, Order order) {
    trouble.ordered = true;
    switch (order) {
        case Order::failover:
            keep(trouble, Trouble::Kind::next);
            break;
        case Order::defer:
            keep(trouble, Trouble::Kind::later);
            break;
        case Order::bounce:
            trouble.kind = Trouble::Kind::refused;
            trouble.dsn.klass = 5;
            break;
    }
    return trouble;
}

}  // namespace smtp
