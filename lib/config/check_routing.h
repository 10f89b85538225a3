// What is said before start of the settings that route mail.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/config/master_cf.h"

namespace config {

// Transports that master.cf does not have or whose program is not built yet: mail for these waits
// in the queue, so nothing of it is fatal. Domains that are listed in two classes of addresses, of
// which only the first counts.
std::vector<Problem> check_routing(const Settings& settings,
                                   const std::vector<ServiceEntry>& services);

}  // namespace config
