#include "lib/config/parameter.h"

#include <algorithm>

#include "lib/config/lmtp_rows.h"
#include "lib/config/parameter_rows.h"
#include "lib/config/row_names.h"

namespace config {

// What may follow the name of a transport, and the parameter that holds for all transports.
struct PerTransport {
    std::string_view suffix;
    std::string_view general;    // its row
    std::string_view reference;  // the default of the per-transport name
};

#define GENERAL(name) name, "$" name
static constexpr PerTransport per_transport[] = {
    {"_failover_address_hedge_delay", GENERAL("failover_address_hedge_delay")},
    {"_failover_after_dot", GENERAL("failover_after_dot")},
    {"_failover_after_dot_delay", GENERAL("failover_after_dot_delay")},
    {"_failover_all_down_probe_interval", GENERAL("failover_all_down_probe_interval")},
    {"_failover_attempt_budget", GENERAL("failover_attempt_budget")},
    {"_failover_auth_open_time", GENERAL("failover_auth_open_time")},
    {"_failover_auth_open_time_limit", GENERAL("failover_auth_open_time_limit")},
    {"_failover_banner_hedge_delay", GENERAL("failover_banner_hedge_delay")},
    {"_failover_connect_hedge_delay", GENERAL("failover_connect_hedge_delay")},
    {"_failover_health", GENERAL("failover_health")},
    {"_failover_mx_open_time_limit", GENERAL("failover_mx_open_time_limit")},
    {"_failover_open_time", GENERAL("failover_open_time")},
    {"_failover_open_time_limit", GENERAL("failover_open_time_limit")},
    {"_failover_policy", GENERAL("failover_policy")},
    {"_failover_policy_maps", GENERAL("failover_policy_maps")},
    {"_failover_probe_banner_timeout", GENERAL("failover_probe_banner_timeout")},
    {"_failover_probe_connect_timeout", GENERAL("failover_probe_connect_timeout")},
    {"_failover_probe_interval", GENERAL("failover_probe_interval")},
    {"_failover_ramp_time", GENERAL("failover_ramp_time")},
    {"_failover_reply_filter", GENERAL("failover_reply_filter")},
    {"_failover_return_rate", GENERAL("failover_return_rate")},
    {"_failover_score_half_life", GENERAL("failover_score_half_life")},
    {"_failover_score_threshold", GENERAL("failover_score_threshold")},
    {"_failover_slow_factor", GENERAL("failover_slow_factor")},
    {"_failover_slow_hold_time", GENERAL("failover_slow_hold_time")},
    {"_failover_slow_time", GENERAL("failover_slow_time")},
    {"_failover_stale_address_time", GENERAL("failover_stale_address_time")},
    {"_failover_step_half_life", GENERAL("failover_step_half_life")},
    {"_failover_sticky_time", GENERAL("failover_sticky_time")},
    {"_delivery_slot_cost", GENERAL("default_delivery_slot_cost")},
    {"_delivery_slot_discount", GENERAL("default_delivery_slot_discount")},
    {"_delivery_slot_loan", GENERAL("default_delivery_slot_loan")},
    {"_destination_concurrency_failed_cohort_limit",
     GENERAL("default_destination_concurrency_failed_cohort_limit")},
    {"_destination_concurrency_limit", GENERAL("default_destination_concurrency_limit")},
    {"_destination_concurrency_negative_feedback",
     GENERAL("default_destination_concurrency_negative_feedback")},
    {"_destination_concurrency_positive_feedback",
     GENERAL("default_destination_concurrency_positive_feedback")},
    {"_destination_rate_delay", GENERAL("default_destination_rate_delay")},
    {"_destination_recipient_limit", GENERAL("default_destination_recipient_limit")},
    {"_extra_recipient_limit", GENERAL("default_extra_recipient_limit")},
    {"_initial_destination_concurrency", GENERAL("initial_destination_concurrency")},
    {"_minimum_delivery_slots", GENERAL("default_minimum_delivery_slots")},
    {"_recipient_limit", GENERAL("default_recipient_limit")},
    {"_recipient_refill_delay", GENERAL("default_recipient_refill_delay")},
    {"_recipient_refill_limit", GENERAL("default_recipient_refill_limit")},
    {"_transport_rate_delay", GENERAL("default_transport_rate_delay")},
    {"_time_limit", GENERAL("command_time_limit")},
};
#undef GENERAL

static std::vector<const Parameter*> all_rows() {
    std::vector<const Parameter*> all;
    for (Rows rows : {identity_rows(),   instances_rows(), network_rows(),    routing_rows(),
                      process_rows(),    services_rows(),  tables_rows(),     smtpd_rows(),
                      clients_rows(),    replies_rows(),   message_rows(),    content_rows(),
                      addresses_rows(),  queue_rows(),     smtp_rows(),       servers_rows(),
                      report_rows(),     spool_rows(),     mailbox_rows(),    milter_rows(),
                      postscreen_rows(), sasl_rows(),      tls_client_rows(), tls_server_rows(),
                      tlsproxy_rows(),   verify_rows(),    failover_rows(),   moot_rows(),
                      lmtp_rows()})
        for (const Parameter& row : rows)
            all.push_back(&row);
    std::sort(all.begin(), all.end(), [](auto* a, auto* b) { return a->name < b->name; });
    return all;
}

const std::vector<const Parameter*>& parameters() {
    static const std::vector<const Parameter*> all = all_rows();
    return all;
}

static const Parameter* row_of(std::string_view name) {
    const std::vector<const Parameter*>& all = parameters();
    auto at =
        std::lower_bound(all.begin(), all.end(), name,
                         [](auto* row, std::string_view wanted) { return row->name < wanted; });
    return at != all.end() && (*at)->name == name ? *at : nullptr;
}

std::optional<Parameter> find_parameter(std::string_view name) {
    if (const Parameter* row = row_of(name))
        return *row;
    for (const PerTransport& entry : per_transport) {
        if (name.size() <= entry.suffix.size() || !name.ends_with(entry.suffix))
            continue;
        Parameter parameter = *row_of(entry.general);
        parameter.name = name;
        parameter.fallback = entry.reference;
        return parameter;
    }
    return std::nullopt;
}

bool has_row(std::string_view name) {
    return row_of(name) != nullptr;
}

std::vector<std::string_view> per_transport_suffixes() {
    std::vector<std::string_view> suffixes;
    for (const PerTransport& entry : per_transport)
        suffixes.push_back(entry.suffix);
    return suffixes;
}

std::string_view type_name(Type type) {
    switch (type) {
        case Type::flag:
            return "flag";
        case Type::number:
            return "number";
        case Type::time:
            return "time";
        case Type::size:
            return "size";
        case Type::text:
            return "text";
        case Type::list:
            return "list";
        case Type::choice:
            break;
    }
    return "choice";
}

}  // namespace config
