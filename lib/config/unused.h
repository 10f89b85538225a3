// Names set in main.cf that nothing knows.
#pragma once

#include <string>
#include <vector>

#include "lib/config/main_cf.h"
#include "lib/config/master_cf.h"

namespace config {

// The names of `main_cf` that are not in the table, that no other value refers to and that no
// option of `services` sets or refers to; in order.
std::vector<std::string> unused_names(const MainCf& main_cf,
                                      const std::vector<ServiceEntry>& services);

}  // namespace config
