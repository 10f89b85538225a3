// Destination is one element of a next hop, as it is configured: a domain, a host or a socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/service_ports.h"

namespace nexthop {

struct Destination {
    // domain: its mail exchangers are looked up. host: only its addresses are. socket: a UNIX
    // socket. unusable: see defect.
    enum class Kind : uint8_t { domain, host, socket, unusable };
    // How it is written: relay.example, [relay.example], an address, unix:path.
    enum class Form : uint8_t { bare, bracketed, literal, socket };

    Kind kind = Kind::unusable;
    Form form = Form::bare;
    bool of_colon_list = false;  // it was written as one of a.example:b.example
    std::string text;            // as configured, without attributes; for messages and look-ups
    std::string host;            // a name, or an address without brackets; a socket's path
    uint16_t port = 0;
    bool names_port = false;
    std::string service;  // as written ("submission"), where SRV records may be asked for
    uint16_t weight = 1;  // its share, where a policy goes by weight; 0: a last resort
    std::optional<uint16_t> priority;  // the lowest goes first
    std::string defect;                // why nobody can go there
    bool fallback = false;             // an element of smtp_fallback_relay
};

// "mail exchangers of a bare name", "host in brackets", …
std::string_view name_of(Destination::Form form);

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
//
// Hosts may also be joined by colons, a.example:[b.example]:587:c.example, where what follows a
// colon can be no service: they are elements of their own. ";weight=3" and ";priority=2" may follow
// an element; what is joined by colons shares them.
std::vector<Destination> parse_destinations(std::string_view list, const DestinationRules& rules);

}  // namespace nexthop
