// Hosts that are joined by colons, as sendmail has them: a.example:b.example.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "lib/config/service_ports.h"

namespace nexthop {

// The views are of what was split.
struct HostPort {
    std::string_view text;  // "[host]:service", as written
    std::string_view host;  // without brackets
    std::string_view service;
    bool bracketed = false;
};

// `host:service` or `[host]:service` taken apart; none where the brackets do not pair.
std::optional<HostPort> take_apart(std::string_view element);

// The hosts of `element`, each perhaps with a service, where there are two or more of them and each
// could be one; nothing otherwise. What follows a colon is a service if `services` has it, and
// where it could be the name of one (RFC 6335) that they do not have, the element is no list.
std::vector<HostPort> split_colon_list(std::string_view element,
                                       const config::ServicePorts& services);

}  // namespace nexthop
