// FailoverSettings is how relays are tried, left alone and taken up again: failover_… of main.cf.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/health/rules.h"
#include "lib/nexthop/policy.h"

namespace nexthop {

enum class AfterDot : uint8_t { same, next };

struct FailoverSettings {
    bool health = true;  // no: what Postfix does
    Policy policy = Policy::failover;
    base::Duration sticky_time = std::chrono::seconds(600);        // 0: no end
    base::Duration connect_hedge_delay = std::chrono::seconds(1);  // 0: no hedging
    base::Duration banner_hedge_delay = std::chrono::seconds(5);   // 0: no hedging
    base::Duration address_hedge_delay = std::chrono::milliseconds(250);
    base::Duration attempt_budget = std::chrono::seconds(30);
    AfterDot after_dot = AfterDot::same;
    base::Duration after_dot_delay = std::chrono::seconds(10);
    base::Duration probe_interval = std::chrono::seconds(5);
    base::Duration probe_connect_timeout = std::chrono::seconds(3);
    base::Duration probe_banner_timeout = std::chrono::seconds(5);
    base::Duration stale_address_time = std::chrono::seconds(3600);
    uint64_t return_rate = 100;  // messages a second
    std::string reply_filter;    // tables, as failover_reply_filter names them
    health::Rules rules;

    // Those of the transport `transport` (the service's name in master.cf).
    static FailoverSettings from(const config::Settings& settings, std::string_view transport);
    // These, but with what `text` sets: "policy=round-robin open_time=10s", names without
    // "failover_"; what holds white space stands in braces, "{reply_filter = pcre:/a, pcre:/b}".
    // Throws config::Error with all that is wrong, without a place.
    FailoverSettings with(std::string_view text) const;
};

}  // namespace nexthop
