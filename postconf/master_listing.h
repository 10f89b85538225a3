// A listing of the services of master.cf (-M), their fields (-F) or their -o options (-P).
#pragma once

#include <string_view>

#include "lib/config/main_cf.h"
#include "postconf/listing.h"
#include "postconf/options.h"

namespace postconf {

// Of master.cf's `text`; with -x, `$name` in options is replaced by what main.cf and the options of
// the service give. Throws config::Error, config::BadLine, config::BadExpansion.
Listing list_services(std::string_view text, const config::MainCf& main_cf, const Options& options);

}  // namespace postconf
