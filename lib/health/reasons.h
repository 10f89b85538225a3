// The failure taxonomy: what can go wrong with a relay, who is to blame and how heavily.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/health/subject.h"

namespace health {

enum class Reason : uint8_t {
    none,
    name_not_found,
    dns_trouble,
    refused,
    unreachable,
    connect_timeout,
    lost_race,
    crowded,
    local_trouble,
    banner_timeout,
    banner_4xx,
    banner_5xx,
    ehlo_refused,
    ehlo_timeout,
    starttls_missing,
    tls_failed,
    tls_failed_required,
    early_data,
    auth_rejected,
    auth_4xx,
    auth_mechanism_missing,
    reply_421,
    connection_lost,
    mail_4xx,
    relay_denied,
    rcpt_4xx,
    rcpt_rate,
    rcpt_5xx,
    command_timeout,
    data_4xx,
    data_5xx,
    data_lost,
    after_dot,
    session_over,
    capability_missing,
    slow,
    all_relays_down,
    admin,
};

struct ReasonRow {
    Reason reason;
    std::string_view name;       // in log lines: "connect_timeout"
    std::optional<Scope> scope;  // the record that pays; none: message, recipient or this machine
    double weight;               // what it adds to the score; 0: nobody's state changes
    // From so many different messages within a minute on, none of them taken, it is the record's
    // own trouble, which opens it; before that a single message may be the cause. 0: never.
    unsigned distinct = 0;
    bool opens = false;  // once is enough: the record opens for auth_open_time
};

std::span<const ReasonRow> reasons();
const ReasonRow& row_of(Reason reason);
// By its name; none for a name that is none.
std::optional<Reason> reason_named(std::string_view name);

}  // namespace health
