// Options is what main.cf says to the smtp or lmtp client on where next hops lead.
#pragma once

#include <string>

#include "lib/config/own_settings.h"
#include "lib/nexthop/destination.h"
#include "lib/nexthop/site_lookup.h"

namespace nexthop {

struct Options {
    DestinationRules rules;
    LookupOptions lookup;
    std::string fallback_relay;  // what follows the destinations of every next hop
    std::string relayhost;
    size_t address_limit = 5;  // addresses of a site that are tried; 0: any number
    size_t session_limit = 2;  // sessions of a site that are ready for mail; 0: any number

    // Of the program "smtp" or "lmtp" as the service `service` of master.cf. It reads the services
    // file, and asks name service where interfaces are named: not for a running loop. Throws
    // config::Error.
    static Options from(const config::OwnSettings& own, std::string_view service);
};

}  // namespace nexthop
