// Whether mail under TLS could go out as main.cf, master.cf and tables want it.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/dict/tables.h"
#include "lib/nexthop/relay_uses.h"

namespace nexthop {

// Of each transport: what its processes would not start with. Certificates, keys and authorities
// that cannot be read or are none, lists and levels that cannot be understood; logins without a
// table. All of it is fatal.
std::vector<config::Problem> check_clients(TransportOptions& transports);

// Of each transport: entries of policy tables that can be listed, levels that lack something.
std::vector<config::Problem> check_tls(TransportOptions& transports, dict::Tables& tables);

// Whether passwords of this program ("smtp", "lmtp") may travel in the clear, because it never asks
// for TLS.
bool never_asks_for_tls(const config::Settings& settings, std::string_view program);

}  // namespace nexthop
