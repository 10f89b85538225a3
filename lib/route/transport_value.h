// A transport as main.cf and transport tables name it: "transport:nexthop", either may be left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/config/transports.h"

namespace route {

struct TransportValue {
    std::string transport;  // "" is none
    std::string nexthop;    // "" is none; may hold colons, and be a list
    // The name of the parameter that says the next hop (static text); "" while nobody does.
    std::string_view set_by = {};

    bool operator==(const TransportValue&) const = default;
};

// Split at the first colon. In a list for an SMTP or LMTP transport the elements may repeat the
// transport ("smtp:[a]:587, smtp:[b]:587"): the nexthop is the list without it.
TransportValue parse_transport(std::string_view text, const config::Transports& transports);

}  // namespace route
