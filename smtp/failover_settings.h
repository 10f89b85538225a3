// FailoverSettings is how mail looks for a way around what does not work, on one way.
#pragma once

#include <memory>
#include <optional>

#include "lib/base/time.h"
#include "lib/health/rules.h"

namespace smtp {

using namespace std::chrono_literals;

enum class AfterDot : uint8_t { same, next };

struct FailoverSettings {
    bool health = true;
    health::Rules rules;
    std::optional<base::Duration> stale_address_time = 3600s;
    base::Duration connect_hedge_delay = 1s;
    base::Duration banner_hedge_delay = 5s;
    base::Duration address_hedge_delay = 250ms;
    base::Duration attempt_budget = 30s;
    AfterDot after_dot = AfterDot::same;
    base::Duration after_dot_delay = 10s;
    base::Duration probe_interval = 5s;
    base::Duration probe_connect_timeout = 3s;
    base::Duration probe_banner_timeout = 5s;
};

// Mail under way goes by the settings that it began with, whoever reads new ones meanwhile.
using Failover = std::shared_ptr<const FailoverSettings>;

}  // namespace smtp
