// Visit is mail on its way to one host of one destination, as tables of policies and logins see it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "lib/mail/envelope.h"
#include "lib/nexthop/destination.h"
#include "lib/nexthop/endpoint.h"
#include "lib/nexthop/lookup_trace.h"

namespace nexthop {

struct Visit {
    Visit(std::string next, std::string from, const Destination& to, const Endpoint& endpoint)
        : nexthop(std::move(next)),
          sender(std::move(from)),
          element(to.text),
          domain(to.host),
          host(endpoint.host),
          port(endpoint.address.is_inet() ? endpoint.port() : 0),
          host_from_dns(endpoint.source == Endpoint::Source::mx ||
                        endpoint.source == Endpoint::Source::srv),
          provenance(endpoint.provenance) {}

    std::string nexthop;  // the whole of it as written
    std::string sender;   // the message's, as it is queued
    std::string element;  // of the next hop, as written: "[relay.example]:587"
    std::string domain;   // its name: "relay.example"
    std::string host;     // that was found: the same, or an exchanger's name
    uint16_t port;        // 0: a socket
    bool host_from_dns;   // MX or SRV records led to it
    Provenance provenance;
    mail::TlsWish tls_wish = mail::TlsWish::as_configured;  // the message's
    // Of what is asked in DNS for it; outlives the visit, or null.
    LookupTrace* trace = nullptr;
};

}  // namespace nexthop
