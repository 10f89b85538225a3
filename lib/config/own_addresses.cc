#include "lib/config/own_addresses.h"

#include <ifaddrs.h>
#include <netdb.h>

#include <algorithm>
#include <memory>

#include "lib/io/socket_address.h"

namespace config {
namespace {

using Addresses = std::set<std::string, std::less<>>;

std::string ip_of(const sockaddr* name, socklen_t size) {
    sockaddr_storage storage{};
    std::copy_n(reinterpret_cast<const char*>(name), size, reinterpret_cast<char*>(&storage));
    return io::SocketAddress::from(storage, size).ip();
}

bool is_loopback(std::string_view ip) {
    return ip.starts_with("127.") || ip == "::1";
}

void add_interfaces(Addresses& into, bool loopback_only) {
    ifaddrs* found = nullptr;
    if (::getifaddrs(&found) != 0)
        return;
    std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(found, ::freeifaddrs);
    for (const ifaddrs* each = found; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr)
            continue;
        int family = each->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6)
            continue;
        std::string ip = ip_of(each->ifa_addr, family == AF_INET ? 16 : 28);
        if (!loopback_only || is_loopback(ip))
            into.insert(std::move(ip));
    }
}

void add_host(Addresses& into, std::string host) {
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    if (std::optional<io::SocketAddress> literal = io::SocketAddress::inet(host, 0)) {
        into.insert(literal->ip());
        return;
    }
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0)
        return;
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next)
        into.insert(ip_of(each->ai_addr, each->ai_addrlen));
}

}  // namespace

OwnAddresses OwnAddresses::of_interfaces(const Settings& settings) {
    Addresses addresses;
    for (const std::string& word : settings.list("inet_interfaces")) {
        if (word == "all" || word == "loopback-only")
            add_interfaces(addresses, word != "all");
        else
            add_host(addresses, word);
    }
    return OwnAddresses(std::move(addresses));
}

OwnAddresses OwnAddresses::from(const Settings& settings) {
    Addresses addresses = of_interfaces(settings).all();
    for (const std::string& word : settings.list("proxy_interfaces"))
        add_host(addresses, word);
    return OwnAddresses(std::move(addresses));
}

}  // namespace config
