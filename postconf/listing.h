// A listing of the parameters of main.cf, as postconf prints it.
#pragma once

#include <string>
#include <vector>

#include "lib/config/main_cf.h"
#include "lib/config/master_cf.h"
#include "postconf/options.h"

namespace postconf {

struct Listing {
    std::string lines;
    std::vector<std::string> warnings;  // without a prefix
};

// What -d, -n, -x, -C, -o and the names of `options` ask for. Values are shown as they are written
// unless -x; nothing is checked. `services` have per-transport parameters. Throws
// config::BadExpansion where -x meets a bad reference, config::Error where the machine's own
// networks are needed and cannot be told.
Listing list_parameters(config::MainCf main_cf, const std::vector<config::ServiceEntry>& services,
                        const Options& options);

// Settings of main.cf and options of services that nothing uses, references to names without a
// value.
std::vector<std::string> setting_warnings(const config::MainCf& main_cf,
                                          const std::vector<config::ServiceEntry>& services,
                                          const Options& options);

}  // namespace postconf
