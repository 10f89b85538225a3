#include "smtp/nexthop.h"

#include <array>
#include <utility>

#include "lib/base/text.h"

namespace smtp {
namespace {

constexpr std::array<std::pair<std::string_view, uint16_t>, 6> mail_services{{
    {"smtp", 25},
    {"mail", 25},
    {"lmtp", 24},
    {"submission", 587},
    {"smtps", 465},
    {"submissions", 465},
}};

std::optional<uint16_t> port_of(std::string_view service) {
    for (const auto& [name, port] : mail_services)
        if (name == service)
            return port;
    std::optional<uint16_t> port = base::number<uint16_t>(service);
    return port && *port > 0 ? port : std::nullopt;
}

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
        if (parts.host.find(']') != std::string_view::npos)
            return std::nullopt;
    }
    if (!rest.empty())
        parts.service = rest.substr(1);
    return parts;
}

Stop parse_stop(std::string_view element, uint16_t default_port) {
    Stop stop;
    stop.text = element;
    std::optional<HostPort> parts = take_apart(element);
    if (!parts || parts->host.empty()) {
        stop.defect = base::text("valid hostname or network address required in \"", element, "\"");
        return stop;
    }
    uint16_t port = default_port;
    if (!parts->service.empty()) {
        std::optional<uint16_t> named = port_of(parts->service);
        if (!named) {
            stop.defect =
                base::text("unknown service \"", parts->service, "\" in \"", element, "\"");
            return stop;
        }
        port = *named;
    }
    std::string_view host = parts->host;
    if (parts->bracketed && base::starts_nocase(host, "ipv6:"))
        host.remove_prefix(5);
    stop.address = io::SocketAddress::inet(host, port);
    if (!stop.address)
        stop.defect = base::text("destination \"", element,
                                 "\" is not an address in brackets: host names are not looked up");
    return stop;
}

}  // namespace

std::vector<Stop> parse_nexthop(std::string_view list, uint16_t default_port) {
    std::vector<Stop> plan;
    for (std::string_view element : base::split(list, ", \t\r\n"))
        plan.push_back(parse_stop(element, default_port));
    if (plan.empty())
        plan.push_back({"", std::nullopt, "no next hop is configured for this mail"});
    return plan;
}

}  // namespace smtp
