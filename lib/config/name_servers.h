// The list of resolver_nameservers.
#pragma once

#include <string>
#include <vector>

#include "lib/io/socket_address.h"

namespace config {

// Elements are address, address:port, [address] or [address]:port; an IPv6 address with a port
// needs its brackets. Without a port it is 53. Throws Error that names every bad element.
std::vector<io::SocketAddress> parse_name_servers(const std::vector<std::string>& list);

}  // namespace config
