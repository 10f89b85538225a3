// Endpoint is one address that a session can be opened to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/io/socket_address.h"

namespace nexthop {

struct Endpoint {
    std::string host;  // whose address it is, for log lines; for a socket this machine's name
    io::SocketAddress address;
    std::string ip;           // of `address` as text; for a socket its path
    uint16_t preference = 0;  // of the mail exchanger; 0 where there is none
    bool best = false;        // no other of the destination has a lower preference
    bool loop_guard = false;  // whether a server that has our name there is ourselves

    uint16_t port() const { return address.port(); }
    bool same_place(const Endpoint& other) const {
        return ip == other.ip && port() == other.port();
    }
};

using Endpoints = std::vector<Endpoint>;

}  // namespace nexthop
