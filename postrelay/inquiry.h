// Inquiry finds out where mail would go and why, by the code that delivers it, and sends nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/config/settings.h"
#include "lib/health/record.h"
#include "lib/io/task.h"
#include "lib/nexthop/failover_settings.h"
#include "lib/nexthop/lookup_trace.h"
#include "lib/nexthop/site.h"
#include "lib/nexthop/tls_policies.h"
#include "lib/route/router.h"
#include "lib/route/trace.h"
#include "postrelay/contact.h"
#include "postrelay/known.h"

namespace postrelay {

// One element of the next hop.
struct Hop {
    nexthop::Destination relay;
    size_t group = 0;  // of one priority; the lowest is tried first
    nexthop::LookupTrace trace;
    nexthop::Site site;
    std::optional<health::Record> health;  // of the relay by name: DNS trouble, orders
};

// The TLS that mail to a place has.
struct PlaceTls {
    nexthop::FoundTlsPolicy found;
    nexthop::LookupTrace asked;  // of TLSA records
};

// The login that mail to a place has; all empty for none.
struct PlaceLogin {
    std::string user;
    bool token = false;   // rather than a password
    std::string from;     // table and key
    std::string trouble;  // why it is not known now
};

// One address, at its place in the order.
struct Place {
    size_t hop = 0;
    nexthop::Endpoint endpoint;
    std::string label;
    std::optional<health::Record> health;  // none: nothing is known against it
    std::optional<PlaceTls> tls;           // none: no mail of the transport goes under TLS
    std::optional<PlaceLogin> login;       // none: no mail of the transport logs in
};

struct Findings {
    std::string sender, recipient;
    std::vector<route::Trace::Asked> asked;
    route::Routed routed;
    config::Overrides overrides;  // of the transport's line in master.cf
    std::string command;          // of the transport, as in master.cf; "" without a line there
    bool speaks_smtp = false;
    std::string trouble;  // why it cannot be followed beyond the transport
    nexthop::FailoverSettings failover;
    std::vector<route::Trace::Asked> policy_asked;
    std::string policy_where;   // of failover_policy
    bool order_varies = false;  // from message to message, by the policy
    std::vector<Hop> hops;
    std::vector<Place> order;   // usable ones first, those left out while a peer is usable behind
    std::vector<Place> barred;  // by an administrator
    struct Setting {
        std::string name, value, where;
        bool built = true;
    };
    std::vector<Setting> session;   // how TLS and login are chosen
    std::vector<Contact> contacts;  // with the places of the order, where they were asked for
};

// `known` is what the mail system knows of relays.
io::Task<Findings> inquire(std::string sender, std::string recipient,
                           const config::Settings& settings, Known& known);

}  // namespace postrelay
