// Endpoint is one address that a session can be opened to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/io/socket_address.h"

namespace nexthop {

// What DNSSEC vouches for of the names that led to an endpoint; filled in where it is asked to. Of
// a stale one it is what was known then: that counts for more than the silence of name servers,
// which must not make a host look as if it was never signed.
struct Provenance {
    std::string host;          // whose addresses were looked up
    std::string host_end;      // the name at the end of its CNAMEs
    bool host_secure = false;  // the addresses are validated, and each CNAME before them
    std::string domain;        // whose MX or SRV records name the host; "" without such
    std::string domain_end;
    bool domain_secure = false;
    // Name servers did not say which MX or SRV records the destination has, and it was gone on
    // without them: whoever keeps the answer back chooses the host.
    bool unanswered = false;
};

struct Endpoint {
    // What led from the destination to this host: nothing but the destination's name, its MX or SRV
    // records; its being written as an address or a socket; or its name in place of exchangers
    // (smtp_try_null_mx_list).
    enum class Source : uint8_t { name, mx, srv, literal, socket, null_mx };

    std::string host;  // whose address it is, for log lines; for a socket this machine's name
    io::SocketAddress address;
    std::string ip;           // of `address` as text; for a socket its path
    uint16_t preference = 0;  // of the mail exchanger; 0 where there is none
    Source source = Source::name;
    bool best = false;        // no other of the destination has a lower preference
    bool loop_guard = false;  // whether a server that has our name there is ourselves
    bool stale = false;       // DNS does not tell now, but told before
    Provenance provenance;

    uint16_t port() const { return address.port(); }
    bool same_place(const Endpoint& other) const {
        return ip == other.ip && port() == other.port();
    }
};

// One word: "MX", "SRV", "host", …
std::string_view name_of(Endpoint::Source source);

using Endpoints = std::vector<Endpoint>;

}  // namespace nexthop
