// The parameters of failover: how relays are tried, left alone and taken up again.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    flag("failover_health", "yes", "remembers which relays are in trouble, and goes past them"),
    choice("failover_policy", "failover", "failover|sticky|round-robin|weighted|least-outstanding|hash:sender", "which of several relays of one priority is tried first"),
    fine_time("failover_sticky_time", "600s", 0, most_int, "how long the sticky policy stays with the relay that took over"),
    fine_time("failover_connect_hedge_delay", "1s", 0, hour, "how long a relay may take to connect before the next one is tried beside it; 0: never beside it"),
    fine_time("failover_banner_hedge_delay", "5s", 0, hour, "how long a relay may take to greet before the next one is tried beside it; 0: never beside it"),
    fine_time("failover_address_hedge_delay", "250ms", 100, 2000, "how long one address of a relay may take to connect before its next one is tried beside it"),
    fine_time("failover_attempt_budget", "30s", 1000, day, "how long all relays together may take until one has answered DATA"),
    choice("failover_after_dot", "same", "same|next", "who is asked after a connection was lost behind the final dot"),
    fine_time("failover_after_dot_delay", "10s", 0, day, "how long such mail waits before it is tried again"),
    number("failover_score_threshold", "2", 1, 1000, "the score of failures at which a relay is left alone"),
    fine_time("failover_score_half_life", "60s", 1000, day, "how long it takes until half of a score is forgotten"),
    fine_time("failover_open_time", "5s", 100, day, "how long a relay is left alone the first time"),
    fine_time("failover_open_time_limit", "8s", 100, day, "the longest time that a configured relay is left alone"),
    fine_time("failover_mx_open_time_limit", "3600s", 100, week, "the longest time that another host is left alone"),
    fine_time("failover_step_half_life", "600s", 1000, week, "how long without failure takes back one doubling of that time"),
    fine_time("failover_ramp_time", "60s", 0, day, "how long a relay that is back takes to have its full share"),
    fine_time("failover_probe_interval", "5s", 100, day, "the time between probes of a configured relay that is left alone"),
    fine_time("failover_probe_connect_timeout", "3s", 100, hour, "how long a probe waits for a connection"),
    fine_time("failover_probe_banner_timeout", "5s", 100, hour, "how long a probe waits for each reply"),
    fine_time("failover_auth_open_time", "300s", 100, week, "how long a login that was refused is left alone the first time"),
    fine_time("failover_auth_open_time_limit", "3600s", 100, week, "the longest time that a login is left alone"),
    number("failover_slow_factor", "3", 1, 1000, "how many times slower than its peers a relay is that counts as slow"),
    fine_time("failover_slow_time", "5s", 0, day, "how slow a relay is at least that counts as slow"),
    fine_time("failover_slow_hold_time", "60s", 0, day, "how long a slow relay comes after its peers the first time"),
    fine_time("failover_all_down_probe_interval", "1s", 100, day, "the time between attempts when all relays of a next hop are down"),
    fine_time("failover_stale_address_time", "3600s", 0, week, "how long the addresses of a relay are used that DNS no longer tells"),
    text("failover_reply_filter", "", "tables that say of replies whether to go on to the next relay, to wait or to give up"),
    text("failover_policy_maps", "", "tables that give failover settings of one next hop"),
    number("failover_return_rate", "100", 1, most_int, "waiting messages a second that are sent when a next hop is back"),
    number("failover_table_size", "4096", 16, 1 << 20, "relays, logins and next hops that are remembered"),
    fine_time("failover_snapshot_interval", "5s", 100, day, "the time between writes of what is remembered"),
    fine_time("failover_snapshot_max_age", "3600s", 0, week, "how old what was written may be to be used at start"),
};
// clang-format on

Rows failover_rows() {
    return rows;
}

}  // namespace config
