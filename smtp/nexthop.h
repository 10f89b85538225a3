// A next hop, one destination or a list of them, as the ordered plan of places to try.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/io/socket_address.h"

namespace smtp {

// One element of the list: `[address]`, `[address]:port`, `[ipv6:address]:port`, or an IPv4 address
// without the brackets. The port is a number or one of the names that RFC 6335 gives to mail.
struct Stop {
    std::string text;                          // as configured, for messages
    std::optional<io::SocketAddress> address;  // none: see defect
    std::string defect;                        // why there is no address to go to
};

// The stops of `list` in order; elements are separated by commas or white space. An element that
// cannot be used stays in the plan with its defect, so that mail goes on to the next one and is
// kept, not returned, when all are bad. A plan is never empty.
std::vector<Stop> parse_nexthop(std::string_view list, uint16_t default_port);

}  // namespace smtp
