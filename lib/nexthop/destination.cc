#include "lib/nexthop/destination.h"

#include <algorithm>
#include <optional>

#include "lib/base/text.h"
#include "lib/dns/domain.h"
#include "lib/io/socket_address.h"

namespace nexthop {
namespace {

struct HostPort {
    std::string_view host;
    std::string_view service;
    bool bracketed = false;
};

// `host:service` or `[host]:service` taken apart; none where the brackets do not pair.
std::optional<HostPort> take_apart(std::string_view element) {
    HostPort parts;
    std::string_view rest;
    if (element.starts_with('[')) {
        size_t close = element.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        parts.host = element.substr(1, close - 1);
        parts.bracketed = true;
        rest = element.substr(close + 1);
        if (!rest.empty() && rest.front() != ':')
            return std::nullopt;
    } else {
        parts.host = element.substr(0, element.find(':'));
        rest = element.substr(parts.host.size());
    }
    if (!rest.empty())
        parts.service = rest.substr(1);
    return parts;
}

// `element` without the name of the transport that some repeat before each element of a list. It is
// told from a host by what follows it, which is no port.
std::string_view without_transport(std::string_view element, const DestinationRules& rules) {
    const std::string& name = rules.transport;
    if (name.empty() || !base::starts_nocase(element, name) || element.size() <= name.size() + 1 ||
        element[name.size()] != ':')
        return element;
    std::string_view rest = element.substr(name.size() + 1);
    bool is_port = rest.find_first_of(":[") == std::string_view::npos && rules.services.find(rest);
    return is_port ? element : rest;
}

void parse_inet(Destination& into, std::string_view element, const DestinationRules& rules) {
    std::optional<HostPort> parts = take_apart(element);
    if (!parts)
        parts.emplace();
    std::string_view host = parts->host;
    if (parts->bracketed && base::starts_nocase(host, "ipv6:"))
        host.remove_prefix(5);
    bool numeric = dns::is_numeric(host);
    if (!numeric && !dns::is_domain(host)) {
        into.defect =
            base::text("valid hostname or network address required in \"", into.text, "\"");
        return;
    }
    into.port = rules.port;
    if (!parts->service.empty()) {
        std::optional<uint16_t> port = rules.services.find(parts->service);
        if (!port) {
            into.defect =
                base::text("unknown service \"", parts->service, "\" in \"", into.text, "\"");
            return;
        }
        into.port = *port;
    }
    into.host = host;
    if (!parts->bracketed && !numeric)
        into.service = parts->service.empty() ? std::string_view(rules.service) : parts->service;
    bool exchangers = !parts->bracketed && !numeric && !rules.lmtp;
    into.kind = exchangers ? Destination::Kind::domain : Destination::Kind::host;
}

Destination parse_destination(std::string_view element, const DestinationRules& rules) {
    Destination destination;
    destination.text = element;
    element = without_transport(element, rules);
    if (rules.lmtp && element.starts_with("unix:")) {
        destination.host = element.substr(5);
        if (io::SocketAddress::unix_path(destination.host))
            destination.kind = Destination::Kind::socket;
        else
            destination.defect = base::text("no path of a socket: \"", destination.text, "\"");
        return destination;
    }
    if (rules.lmtp && element.starts_with("inet:"))
        element.remove_prefix(5);
    parse_inet(destination, element, rules);
    return destination;
}

}  // namespace

std::vector<Destination> parse_destinations(std::string_view list, const DestinationRules& rules) {
    std::vector<Destination> destinations;
    for (std::string_view element : base::split(list, ", \t\r\n"))
        destinations.push_back(parse_destination(element, rules));
    return destinations;
}

}  // namespace nexthop
