// What is said before start of the settings that route mail.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/config/master_cf.h"
#include "lib/config/service_ports.h"

namespace config {

// Relays that cannot be understood, transports that master.cf does not have or whose program is
// not built yet: mail for these waits in the queue, so nothing of it is fatal. Domains that are
// listed in two classes of addresses, of which only the first counts.
std::vector<Problem> check_routing(const Settings& settings,
                                   const std::vector<ServiceEntry>& services,
                                   const ServicePorts& ports);

// "host", "[host]", "host:port", "[address]:port": one element of relayhost.
bool is_destination(std::string_view text, const ServicePorts& ports);

}  // namespace config
