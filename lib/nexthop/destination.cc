#include "lib/nexthop/destination.h"

#include <algorithm>
#include <optional>

#include "lib/base/text.h"
#include "lib/dns/domain.h"
#include "lib/io/socket_address.h"
#include "lib/nexthop/colon_list.h"

namespace nexthop {
namespace {

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

std::string set_host(Destination& into, const HostPort& parts, const DestinationRules& rules) {
    bool numeric = dns::is_numeric(parts.host);
    if (!numeric && !dns::is_domain(parts.host))
        return base::text("valid hostname or network address required in \"", into.text, "\"");
    into.port = rules.port;
    into.names_port = !parts.service.empty();
    if (into.names_port) {
        std::optional<uint16_t> port = rules.services.find(parts.service);
        if (!port)
            return base::text("unknown service \"", parts.service, "\" in \"", into.text, "\"");
        into.port = *port;
    }
    into.host = parts.host;
    into.form = numeric           ? Destination::Form::literal
                : parts.bracketed ? Destination::Form::bracketed
                                  : Destination::Form::bare;
    if (into.form == Destination::Form::bare)
        into.service = into.names_port ? parts.service : std::string_view(rules.service);
    bool exchangers = into.form == Destination::Form::bare && !rules.lmtp;
    into.kind = exchangers ? Destination::Kind::domain : Destination::Kind::host;
    return {};
}

Destination of_host(std::string_view text, const HostPort& parts, const DestinationRules& rules) {
    Destination destination;
    destination.text = text;
    destination.defect = set_host(destination, parts, rules);
    return destination;
}

Destination of_socket(std::string_view text, std::string_view path) {
    Destination destination;
    destination.form = Destination::Form::socket;
    destination.text = text;
    destination.host = path;
    if (io::SocketAddress::unix_path(destination.host))
        destination.kind = Destination::Kind::socket;
    else
        destination.defect = base::text("no path of a socket: \"", text, "\"");
    return destination;
}

// What stands before the attributes.
std::vector<Destination> of_element(std::string_view text, const DestinationRules& rules) {
    text = without_transport(text, rules);
    if (rules.lmtp && text.starts_with("unix:"))
        return {of_socket(text, text.substr(5))};
    bool has_prefix = rules.lmtp && text.starts_with("inet:");
    std::string_view element = has_prefix ? text.substr(5) : text;
    std::vector<HostPort> joined = split_colon_list(element, rules.services);
    if (joined.size() < 2)
        return {of_host(text, take_apart(element).value_or(HostPort()), rules)};
    std::vector<Destination> destinations;
    for (const HostPort& each : joined) {
        destinations.push_back(of_host(each.text, each, rules));
        destinations.back().of_colon_list = true;
    }
    return destinations;
}

struct Attribute {
    std::string_view name;
    void (*set)(Destination&, uint16_t value);
};
constexpr Attribute attributes[] = {
    {"weight", [](Destination& of, uint16_t value) { of.weight = value; }},
    {"priority", [](Destination& of, uint16_t value) { of.priority = value; }},
};

// What is wrong with `text` ("weight=3"); "" for nothing.
std::string set_attribute(std::vector<Destination>& destinations, std::string_view text) {
    size_t equals = std::min(text.find('='), text.size());
    std::string_view name = text.substr(0, equals);
    const auto* known = std::ranges::find_if(
        attributes, [name](const Attribute& each) { return base::equal_nocase(each.name, name); });
    if (known == std::end(attributes))
        return base::text("unknown attribute \"", base::printable(text), "\"");
    std::string_view digits = text.substr(std::min(equals + 1, text.size()));
    std::optional<uint16_t> value = base::number<uint16_t>(digits);
    if (!value)
        return base::text("a number from 0 to 65535 required after \"", known->name, "=\"");
    for (Destination& each : destinations)
        known->set(each, *value);
    return {};
}

void append_element(std::vector<Destination>& into, std::string_view element,
                    const DestinationRules& rules) {
    size_t end = std::min(element.find(';'), element.size());
    std::vector<Destination> some = of_element(element.substr(0, end), rules);
    for (std::string_view attribute : base::split(element.substr(end), ";")) {
        std::string defect = set_attribute(some, attribute);
        if (defect.empty())
            continue;
        some.resize(1);
        some.front().kind = Destination::Kind::unusable;
        some.front().defect = base::text(defect, " in \"", element, "\"");
        break;
    }
    std::ranges::move(some, std::back_inserter(into));
}

}  // namespace

std::string_view name_of(Destination::Form form) {
    static constexpr std::string_view names[] = {"bare name", "host in brackets", "address",
                                                 "socket"};
    return names[static_cast<size_t>(form)];
}

std::vector<Destination> parse_destinations(std::string_view list, const DestinationRules& rules) {
    std::vector<Destination> destinations;
    for (std::string_view element : base::split(list, ", \t\r\n"))
        append_element(destinations, element, rules);
    return destinations;
}

}  // namespace nexthop
