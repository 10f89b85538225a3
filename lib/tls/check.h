// The start check of servers' TLS: keys, certificates and lists are read as smtpd will.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/config/settings.h"

namespace tls {

// Whether smtpd offers TLS by these settings, and whether it demands it.
bool server_offers(const config::Settings& settings);
bool server_demands(const config::Settings& settings);

// What is wrong with the TLS of each smtpd of master.cf that offers it. Fatal where TLS is
// demanded: elsewhere clients get "454 TLS not available" until it is put right.
std::vector<config::Problem> check_servers(const config::Settings& settings);

}  // namespace tls
