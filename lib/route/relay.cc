#include "lib/route/relay.h"

#include "lib/base/text.h"
#include "lib/io/socket_address.h"

namespace route {

namespace {

constexpr uint16_t smtp_port = 25;

struct Endpoint {
    std::string_view address;
    uint16_t port = smtp_port;
};

std::optional<uint16_t> parse_port(std::string_view text) {
    struct Named {
        std::string_view name;
        uint16_t port;
    };
    constexpr Named known[] = {
        {"smtp", smtp_port}, {"submission", 587}, {"submissions", 465}, {"smtps", 465}};
    for (const auto& [name, port] : known)
        if (text == name)
            return port;
    auto port = base::number<uint16_t>(text);
    return port == 0 ? std::nullopt : port;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    auto close = text.find(']');
    if (!text.starts_with('[') || close == text.npos)
        return std::nullopt;
    Endpoint endpoint{text.substr(1, close - 1), smtp_port};
    if (auto rest = text.substr(close + 1); !rest.empty()) {
        auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
        if (!port)
            return std::nullopt;
        endpoint.port = *port;
    }
    std::string_view address = endpoint.address;
    if (base::starts_nocase(address, "ipv6:"))
        address.remove_prefix(5);
    if (!io::SocketAddress::inet(address, endpoint.port))
        return std::nullopt;
    endpoint.address = address;
    return endpoint;
}

}  // namespace

std::optional<std::string> parse_relayhost(std::string_view text) {
    std::string normal;
    for (auto element : base::split(text, ", \t\r\n")) {
        auto endpoint = parse_endpoint(element);
        if (!endpoint)
            return std::nullopt;
        base::append(normal, normal.empty() ? "" : ", ", '[', endpoint->address,
                     "]:", endpoint->port);
    }
    return normal;
}

Options Options::from(const config::Settings& settings) {
    auto relayhost = parse_relayhost(settings.text("relayhost"));
    if (!relayhost)
        throw config::Error(base::text(settings.where("relayhost"),
                                       ": relayhost = ", settings.text("relayhost"),
                                       ": expected one or a list of [address]:port"));
    // relayhost overrules a next hop in default_transport, as transport(5) has it.
    std::string transport = settings.text("default_transport");
    return Options{*relayhost, transport.substr(0, transport.find(':'))};
}

std::variant<Route, Unroutable> route(const Options& options, std::string_view recipient) {
    if (options.relayhost.empty())
        return Unroutable{{4, 3, 5}, base::text("no relayhost is set for <", recipient, '>')};
    return Route{options.transport, options.relayhost};
}

}  // namespace route
