// The parameters of interfaces, networks and routing.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    list("inet_interfaces", "all", "the addresses that master listens on when master.cf names none"),
    list("inet_protocols", "all", "the address families used: ipv4, ipv6, all"),
    list("mynetworks", "", "the clients that may relay"),
    choice("mynetworks_style", "${{$compatibility_level} <level {2} ? {subnet} : {host}}", "host|subnet|class", "what mynetworks is when it is not set"),
    list("resolver_nameservers", "", "the name servers that are asked, in place of resolv.conf's"),
    number("dns_cache_limit", "10000", 0, most_int, "answers of name servers that each process remembers"),
};
// clang-format on

Rows network_rows() {
    return rows;
}

}  // namespace config
