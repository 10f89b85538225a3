// Options of NameServers, from main.cf.
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dns/name_servers.h"
#include "lib/dns/resolv_conf.h"

namespace dns {

namespace {

// address, address:port, [address], [address]:port
std::optional<io::SocketAddress> server_of(std::string_view text) {
    if (auto bare = io::SocketAddress::inet(text, dns_port))
        return bare;
    size_t colon = text.rfind(':');
    size_t bracket = text.rfind(']');
    bool has_port = colon != std::string_view::npos &&
                    (bracket == std::string_view::npos || colon == bracket + 1);
    uint16_t port = dns_port;
    if (has_port) {
        auto number = base::number<uint16_t>(text.substr(colon + 1));
        if (!number || *number == 0)
            return std::nullopt;
        port = *number;
        text = text.substr(0, colon);
    }
    if (text.size() > 2 && text.front() == '[' && text.back() == ']')
        return io::SocketAddress::inet(text.substr(1, text.size() - 2), port);
    bool needs_brackets = text.find(':') != std::string_view::npos;
    return needs_brackets ? std::nullopt : io::SocketAddress::inet(text, port);
}

}  // namespace

Options Options::from(const config::Settings& settings) {
    Options options;
    options.cache_entries = static_cast<size_t>(settings.number("dns_cache_limit"));
    std::vector<std::string> problems;
    for (const std::string& text : settings.list("resolver_nameservers")) {
        auto server = server_of(text);
        if (server)
            options.servers.push_back(*server);
        else
            problems.push_back(base::text(settings.where("resolver_nameservers"),
                                          ": resolver_nameservers: \"", text,
                                          "\" is not a numeric address with an optional port"));
    }
    if (!problems.empty())
        throw config::Error(std::move(problems));
    if (options.servers.empty())
        options.resolv_conf = "/etc/resolv.conf";
    return options;
}

}  // namespace dns
