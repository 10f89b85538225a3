#include "master/endpoints.h"

#include <netdb.h>

#include <algorithm>
#include <memory>

#include "lib/base/text.h"
#include "lib/config/service_ports.h"

namespace master {
namespace {

struct Families {
    bool ipv4 = false;
    bool ipv6 = false;
    bool has(int family) const { return family == AF_INET ? ipv4 : ipv6; }
};

Families families_of(const config::Settings& settings) {
    Families families;
    for (const std::string& word : settings.list("inet_protocols")) {
        if (word != "all" && word != "ipv4" && word != "ipv6")
            throw config::Error(base::text(settings.where("inet_protocols"), ": inet_protocols: ",
                                           "expected all, ipv4 or ipv6, found \"", word, "\""));
        families.ipv4 = families.ipv4 || word != "ipv6";
        families.ipv6 = families.ipv6 || word != "ipv4";
    }
    return families;
}

uint16_t port_of(const config::ServiceEntry& entry, const config::Settings& settings) {
    if (std::optional<uint16_t> port = config::ServicePorts::of(settings).find(entry.port))
        return *port;
    throw config::Error(base::text(entry.where, ": unknown port \"", entry.port, "\""));
}

// The addresses of a literal or of a name.
std::vector<io::SocketAddress> resolve(const std::string& host, uint16_t port) {
    if (std::optional<io::SocketAddress> literal = io::SocketAddress::inet(host, port))
        return {*literal};
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), base::text(port).c_str(), &hints, &found) != 0)
        return {};
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    std::vector<io::SocketAddress> addresses;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        sockaddr_storage storage{};
        std::copy_n(reinterpret_cast<const char*>(each->ai_addr), each->ai_addrlen,
                    reinterpret_cast<char*>(&storage));
        addresses.push_back(io::SocketAddress::from(storage, each->ai_addrlen));
    }
    return addresses;
}

struct Wanted {
    std::vector<std::string> hosts;
    bool optional = false;  // named as a group: a family may be missing
};

Wanted wanted_hosts(const config::ServiceEntry& entry, const config::Settings& settings) {
    if (!entry.host.empty())
        return {{entry.host}, false};
    Wanted wanted;
    for (const std::string& word : settings.list("inet_interfaces")) {
        bool all = word == "all";
        bool loopback = word == "loopback-only";
        if (all || loopback) {
            wanted.optional = true;
            wanted.hosts.insert(wanted.hosts.end(), {all ? "0.0.0.0" : "127.0.0.1",  //
                                                     all ? "::" : "::1"});
        } else if (word.size() > 2 && word.front() == '[' && word.back() == ']') {
            wanted.hosts.push_back(word.substr(1, word.size() - 2));
        } else {
            wanted.hosts.push_back(word);
        }
    }
    return wanted;
}

std::vector<Endpoint> inet_endpoints(const config::ServiceEntry& entry,
                                     const config::Settings& settings) {
    Families families = families_of(settings);
    uint16_t port = port_of(entry, settings);
    Wanted wanted = wanted_hosts(entry, settings);
    std::vector<Endpoint> endpoints;
    for (const std::string& host : wanted.hosts) {
        std::vector<io::SocketAddress> addresses = resolve(host, port);
        if (addresses.empty())
            throw config::Error(base::text(entry.where, ": no address for \"", host, "\""));
        for (const io::SocketAddress& address : addresses) {
            Endpoint endpoint;
            endpoint.kind = Endpoint::Kind::inet;
            endpoint.address = address;
            endpoint.optional = wanted.optional;
            auto same = [&](const Endpoint& other) { return other.text() == endpoint.text(); };
            if (families.has(address.family()) && std::ranges::none_of(endpoints, same))
                endpoints.push_back(endpoint);
        }
    }
    if (endpoints.empty())
        throw config::Error(base::text(entry.where, ": inet_interfaces and inet_protocols leave ",
                                       "no address for service ", entry.name));
    return endpoints;
}

}  // namespace

std::string Endpoint::text() const {
    if (kind != Kind::inet)
        return path;
    bool brackets = address.family() == AF_INET6;
    return base::text(brackets ? "[" : "", address.ip(), brackets ? "]:" : ":", address.port());
}

std::vector<Endpoint> endpoints_of(const config::ServiceEntry& entry,
                                   const config::Settings& settings) {
    if (entry.type == config::ServiceType::inet)
        return inet_endpoints(entry, settings);
    Endpoint endpoint;
    endpoint.kind = entry.type == config::ServiceType::unix_datagram ? Endpoint::Kind::unix_datagram
                                                                     : Endpoint::Kind::unix_stream;
    endpoint.path = entry.socket_path();
    return {endpoint};
}

}  // namespace master
