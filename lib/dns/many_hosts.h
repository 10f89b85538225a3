// The addresses of several hosts, asked for at the same time, so that none waits for the name
// servers of another.
#pragma once

#include <string>
#include <vector>

#include "lib/dns/host_lookup.h"

namespace dns {

// In the order of `names`, an answer of its own for "" too, about which nobody is asked; ten are
// asked about at a time. `hosts` outlives the task.
io::Task<std::vector<Answer>> addresses_of(HostLookup& hosts, std::vector<std::string> names);

}  // namespace dns
