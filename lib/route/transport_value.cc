#include "lib/route/transport_value.h"

#include "lib/base/text.h"

namespace route {

namespace {

// "[a], [b]" of "[a], smtp:[b]"; the text as it is where not every element repeats the transport.
std::string without_repeats(std::string_view nexthop, std::string_view transport) {
    constexpr std::string_view separators = ", \t\r\n";
    std::string prefix = base::text(transport, ':');
    std::string list;
    auto elements = base::split(nexthop, separators);
    for (size_t i = 0; i < elements.size(); ++i) {
        std::string_view element = elements[i];
        if (i > 0 && !element.starts_with(prefix))
            return std::string(nexthop);
        if (i > 0)
            element.remove_prefix(prefix.size());
        base::append(list, i == 0 ? "" : ", ", element);
    }
    return elements.size() > 1 ? list : std::string(nexthop);
}

}  // namespace

TransportValue parse_transport(std::string_view text, const config::Transports& transports) {
    auto colon = text.find(':');
    TransportValue value;
    value.transport = base::trim(text.substr(0, colon));
    if (colon != text.npos)
        value.nexthop = base::trim(text.substr(colon + 1));
    if (transports.speaks_smtp(value.transport))
        value.nexthop = without_repeats(value.nexthop, value.transport);
    return value;
}

}  // namespace route
