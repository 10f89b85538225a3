// Subject names what the health table keeps a record of.
#pragma once

#include <cstdint>
#include <string>

namespace health {

enum class Scope : uint8_t {
    endpoint,  // an address and port, as connected to from one local address
    identity,  // an endpoint with the login used there
    nexthop    // a next hop as written, or one element of it
};

// No next hop has it.
inline constexpr char login_mark = '|';

struct Subject {
    Scope scope = Scope::endpoint;
    // endpoint: "192.0.2.1:587", then "%local-address" where connections are bound;
    // identity: the endpoint's key, "/", the login (or "anon"), then Table::secret_mark();
    // nexthop: "TRANSPORT:NEXTHOP as written", then, where it is that of the mail with one login,
    // login_mark and the user.
    std::string key;
    std::string label;    // what people read: "[r1.example]:587/192.0.2.1"
    std::string service;  // the transport of master.cf whose process probes it
    // A relay that somebody configured: its hold-down is short and it is probed actively; an MX
    // host is not.
    bool configured = false;
};

}  // namespace health
