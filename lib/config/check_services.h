// What is said before start of the services of master.cf.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/config/master_cf.h"
#include "lib/config/service_ports.h"

namespace config {

// Programs and ports that are not known, -o options that do not load, restrictions that nobody can
// carry out, and the ports that smtp and lmtp go to.
std::vector<Problem> check_services(const Settings& settings,
                                    const std::vector<ServiceEntry>& services,
                                    const ServicePorts& ports);

}  // namespace config
