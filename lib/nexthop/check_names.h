// Whether the names of relays lead anywhere.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/nexthop/relay_uses.h"

namespace nexthop {

// Looks up each relay of `uses` that can be, the first hundred, all at once. Of those of which
// nothing is known after ten seconds it says that. Runs a loop of its own.
std::vector<config::Problem> check_names(const std::vector<RelayUse>& uses,
                                         TransportOptions& transports);

}  // namespace nexthop
