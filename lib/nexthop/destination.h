// Destination is one element of a next hop, as it is configured: a domain, a host or a socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/service_ports.h"

namespace nexthop {

struct Destination {
    // domain: its mail exchangers are looked up. host: only its addresses are. socket: a UNIX
    // socket. unusable: see defect.
    enum class Kind : uint8_t { domain, host, socket, unusable };

    Kind kind = Kind::unusable;
    std::string text;  // as configured, for messages
    std::string host;  // a name, or an address without brackets; a socket's path
    uint16_t port = 0;
    std::string service;    // as written ("submission"), where SRV records may be asked for
    std::string defect;     // why nobody can go there
    bool fallback = false;  // an element of smtp_fallback_relay
};

// What a destination may look like for one service.
struct DestinationRules {
    bool lmtp = false;      // hosts have no mail exchangers; unix:path and inet:host:port are known
    uint16_t port = 25;     // of a destination that names none
    std::string service;    // the same as it was written
    std::string transport;  // the service's own name: "NAME:" before an element is overlooked
    config::ServicePorts services;
};

// The elements of `list` in order; they are separated by commas or white space. One that cannot be
// used stays in its place with its defect, so that mail goes on to the next one.
//
//     host  host:service  [host]  [host]:service  [ipv6:address]:service  192.0.2.1
//     unix:path  inet:host:service                                        (LMTP)
std::vector<Destination> parse_destinations(std::string_view list, const DestinationRules& rules);

}  // namespace nexthop
