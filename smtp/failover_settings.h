// The failover settings of mail under way.
#pragma once

#include <memory>

#include "lib/nexthop/failover_policies.h"

namespace smtp {

using namespace std::chrono_literals;
using nexthop::AfterDot;
using nexthop::FailoverSettings;

// Mail under way goes by the settings that it began with, whoever reads new ones meanwhile.
using Failover = std::shared_ptr<const FailoverSettings>;

}  // namespace smtp
