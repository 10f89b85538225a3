// What is wrong with the entries of tables that relays and their settings are in.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/config/settings.h"
#include "lib/dict/tables.h"

namespace nexthop {

// Keys that the source of a table of relays has on several lines which make no list together: all
// but one of them have no effect.
std::vector<config::Problem> check_repeated_keys(const config::Settings& settings);

// Entries of failover_policy_maps, of all transports, that set what cannot be set.
std::vector<config::Problem> check_failover_policies(const config::Settings& settings,
                                                     dict::Tables& tables);

}  // namespace nexthop
