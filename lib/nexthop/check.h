// The check of relays: lists that cannot be understood, names that lead nowhere, relays that are
// us.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/config/settings.h"
#include "lib/dict/tables.h"

namespace nexthop {

// What is wrong with the relays that main.cf names, with the remedy. Mail waits for what is wrong
// there, or goes past it, so that nothing of it is fatal. What is: whatever a client would not
// start with, its certificates and tables of logins. Asks nobody.
std::vector<config::Problem> check_relays(const config::Settings& settings);

// The same of each entry of transport_maps, of the tables of senders and of failover_policy_maps;
// keys that their sources have twice; and whether the names of all relays lead anywhere. It reads
// whole tables, and asks name servers, for ten seconds at most: for `postfix check` only.
std::vector<config::Problem> check_relays_closely(const config::Settings& settings,
                                                  dict::Tables& tables);

}  // namespace nexthop
