// Workshop is what all lanes of a process have in common.
#pragma once

#include "lib/nexthop/site_lookup.h"
#include "smtp/dialer.h"
#include "smtp/idle_sessions.h"
#include "smtp/options.h"
#include "smtp/queue.h"
#include "smtp/relays.h"

namespace smtp {

// All of it outlives them.
struct Workshop {
    const Options& options;
    Queue& queue;
    Dialer& dialer;
    IdleSessions& idle;
    nexthop::SiteLookup& sites;
    Relays& relays;
};

}  // namespace smtp
