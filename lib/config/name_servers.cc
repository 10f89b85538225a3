#include "lib/config/name_servers.h"

#include <optional>
#include <string_view>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace config {

namespace {

constexpr uint16_t dns_port = 53;

std::optional<io::SocketAddress> with_port(std::string_view host, uint16_t port) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        return io::SocketAddress::inet(host.substr(1, host.size() - 2), port);
    bool needs_brackets = host.find(':') != std::string_view::npos;
    return needs_brackets ? std::nullopt : io::SocketAddress::inet(host, port);
}

std::optional<io::SocketAddress> parse(std::string_view text) {
    if (auto bare = io::SocketAddress::inet(text, dns_port))
        return bare;
    size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || text.ends_with(']'))
        return with_port(text, dns_port);
    auto port = base::number<uint16_t>(text.substr(colon + 1));
    if (!port || *port == 0)
        return std::nullopt;
    return with_port(text.substr(0, colon), *port);
}

}  // namespace

std::vector<io::SocketAddress> parse_name_servers(const std::vector<std::string>& list) {
    std::vector<io::SocketAddress> servers;
    std::vector<std::string> problems;
    for (const std::string& text : list) {
        auto server = parse(text);
        if (server)
            servers.push_back(*server);
        else
            problems.push_back(base::text("expected an address or address:port, found \"",
                                          base::printable(text), '"'));
    }
    if (!problems.empty())
        throw Error(std::move(problems));
    return servers;
}

}  // namespace config
