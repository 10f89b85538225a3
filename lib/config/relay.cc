#include "lib/config/relay.h"

#include <arpa/inet.h>

#include "lib/base/text.h"

namespace config {

std::optional<Relay> parse_relay(std::string_view text) {
    size_t end = text.find("]:");
    if (!text.starts_with('[') || end == text.npos)
        return std::nullopt;
    std::string_view inner = text.substr(1, end - 1);
    if (base::starts_nocase(inner, "ipv6:"))
        inner.remove_prefix(5);
    Relay relay;
    relay.address = inner;
    unsigned char bytes[16];
    int family = inner.find(':') == inner.npos ? AF_INET : AF_INET6;
    std::optional<uint16_t> port = base::number<uint16_t>(text.substr(end + 2));
    if (::inet_pton(family, relay.address.c_str(), bytes) != 1 || !port || *port == 0)
        return std::nullopt;
    relay.port = *port;
    return relay;
}

}  // namespace config
