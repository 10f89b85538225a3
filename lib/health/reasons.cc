#include "lib/health/reasons.h"

#include <algorithm>

namespace health {
namespace {

constexpr std::optional<Scope> endpoint = Scope::endpoint;
constexpr std::optional<Scope> identity = Scope::identity;
constexpr std::optional<Scope> nexthop = Scope::nexthop;
constexpr std::optional<Scope> nobody = std::nullopt;

// In the order of the enumeration.
constexpr ReasonRow rows[] = {
    {Reason::none, "none", nobody, 0},
    {Reason::name_not_found, "name_not_found", nexthop, 2},
    {Reason::dns_trouble, "dns_trouble", nexthop, 1},
    {Reason::refused, "refused", endpoint, 2},
    {Reason::unreachable, "unreachable", endpoint, 2},
    {Reason::connect_timeout, "connect_timeout", endpoint, 2},
    // A peer greeted while this one was still connecting, or silent.
    {Reason::lost_race, "lost_race", endpoint, 1},
    // 421, or a greeting refused, while another session of ours works there.
    {Reason::crowded, "crowded", endpoint, 0},
    {Reason::local_trouble, "local_trouble", nobody, 0},
    {Reason::banner_timeout, "banner_timeout", endpoint, 2},
    {Reason::banner_4xx, "banner_4xx", endpoint, 1},
    {Reason::banner_5xx, "banner_5xx", endpoint, 2},
    {Reason::ehlo_refused, "ehlo_refused", endpoint, 1},
    {Reason::ehlo_timeout, "ehlo_timeout", endpoint, 1},
    {Reason::starttls_missing, "starttls_missing", endpoint, 2},
    {Reason::tls_failed, "tls_failed", endpoint, 1},
    {Reason::tls_failed_required, "tls_failed_required", endpoint, 2},
    // Bytes behind the reply to STARTTLS: somebody injects replies.
    {Reason::early_data, "early_data", endpoint, 2},
    {Reason::auth_rejected, "auth_rejected", identity, 2, 0, true},
    {Reason::auth_4xx, "auth_4xx", identity, 1},
    {Reason::auth_mechanism_missing, "auth_mechanism_missing", identity, 2},
    {Reason::reply_421, "reply_421", endpoint, 1},
    {Reason::connection_lost, "connection_lost", endpoint, 1},
    {Reason::mail_4xx, "mail_4xx", identity, 0.5, 3},
    {Reason::relay_denied, "relay_denied", identity, 1},
    {Reason::rcpt_4xx, "rcpt_4xx", nobody, 0},
    {Reason::rcpt_rate, "rcpt_rate", identity, 0},
    {Reason::rcpt_5xx, "rcpt_5xx", nobody, 0},
    {Reason::command_timeout, "command_timeout", endpoint, 0.5, 2},
    {Reason::data_4xx, "data_4xx", endpoint, 0.5},
    {Reason::data_5xx, "data_5xx", nobody, 0},
    {Reason::data_lost, "data_lost", endpoint, 1},
    {Reason::after_dot, "after_dot", endpoint, 0.5},
    {Reason::session_over, "session_over", nobody, 0},
    {Reason::capability_missing, "capability_missing", nobody, 0},
    {Reason::slow, "slow", endpoint, 0},
    // Of a whole list: it is tried again once in failover_all_down_probe_interval.
    {Reason::all_relays_down, "all_relays_down", nexthop, 2},
    {Reason::admin, "admin", nobody, 0},
};

constexpr bool in_order() {
    for (size_t i = 0; i < std::size(rows); ++i)
        if (rows[i].reason != static_cast<Reason>(i))
            return false;
    return std::size(rows) == static_cast<size_t>(Reason::admin) + 1;
}
static_assert(in_order());

}  // namespace

std::span<const ReasonRow> reasons() {
    return rows;
}

const ReasonRow& row_of(Reason reason) {
    auto index = static_cast<size_t>(reason);
    return index < std::size(rows) ? rows[index] : rows[0];
}

std::optional<Reason> reason_named(std::string_view name) {
    auto row = std::ranges::find(rows, name, &ReasonRow::name);
    return row == std::end(rows) ? std::nullopt : std::optional(row->reason);
}

}  // namespace health
