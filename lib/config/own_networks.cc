#include "lib/config/own_networks.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace config {
namespace {

// The bytes of the address in `name`; empty for another family than IPv4 and IPv6.
std::vector<unsigned char> bytes_of(const sockaddr* name) {
    std::vector<unsigned char> bytes;
    if (name && name->sa_family == AF_INET) {
        bytes.resize(4);
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in*>(name)->sin_addr, 4);
    } else if (name && name->sa_family == AF_INET6) {
        bytes.resize(16);
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(name)->sin6_addr, 16);
    }
    return bytes;
}

std::string numeric(const std::vector<unsigned char>& bytes) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
    return text;
}

std::vector<unsigned char> parsed(const std::string& address) {
    bool is_v6 = address.find(':') != address.npos;
    std::vector<unsigned char> bytes(is_v6 ? 16 : 4);
    if (::inet_pton(is_v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) != 1)
        bytes.clear();
    return bytes;
}

bool is_loopback(const std::vector<unsigned char>& bytes) {
    return bytes.size() == 4 ? bytes.front() == 127 : numeric(bytes) == "::1";
}

std::vector<OwnAddress> interface_addresses(bool loopback_only) {
    ifaddrs* found = nullptr;
    if (::getifaddrs(&found) != 0)
        return {};
    std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(found, ::freeifaddrs);
    std::vector<OwnAddress> addresses;
    for (const ifaddrs* each = found; each; each = each->ifa_next) {
        std::vector<unsigned char> bytes = bytes_of(each->ifa_addr);
        if (bytes.empty() || !(each->ifa_flags & IFF_UP) || (loopback_only && !is_loopback(bytes)))
            continue;
        unsigned prefix = 0;
        for (unsigned char byte : bytes_of(each->ifa_netmask))
            prefix += static_cast<unsigned>(std::popcount(byte));
        addresses.push_back({numeric(bytes), prefix});
    }
    return addresses;
}

// The numeric addresses of a literal or a name.
std::vector<std::string> addresses_of(const std::string& host) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0)
        throw Error(base::text("inet_interfaces: expected an address or a name of one, found \"",
                               base::printable(host), '"'));
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    std::vector<std::string> addresses;
    for (const addrinfo* each = found; each; each = each->ai_next)
        addresses.push_back(numeric(bytes_of(each->ai_addr)));
    return addresses;
}

// An address that no interface has stands for itself: it may belong to one that comes later.
OwnAddress with_prefix(const std::string& address, const std::vector<OwnAddress>& interfaces) {
    for (const OwnAddress& own : interfaces)
        if (own.address == address)
            return own;
    return {address, address.find(':') == address.npos ? 32u : 128u};
}

bool has_family(const std::vector<std::string>& protocols, const std::string& address) {
    std::string_view other = address.find(':') == address.npos ? "ipv6" : "ipv4";
    return std::any_of(protocols.begin(), protocols.end(),
                       [other](const std::string& word) { return word != other; });
}

unsigned class_prefix(unsigned char first) {
    return first < 128 ? 8 : first < 192 ? 16 : first < 224 ? 24 : 4;
}

// `address` with its last bits cleared, as a pattern of mynetworks.
std::string network(const OwnAddress& own, std::string_view style) {
    std::vector<unsigned char> bytes = parsed(own.address);
    unsigned bits = static_cast<unsigned>(bytes.size()) * 8;
    unsigned prefix = style == "host" ? bits : own.prefix;
    if (bytes.size() == 4 && style == "class")
        prefix = class_prefix(bytes.front());
    // The whole loopback network is this machine, whatever its interface says.
    if (bytes.size() == 4 && style == "subnet" && bytes.front() == 127)
        prefix = std::min(prefix, 8u);
    for (unsigned bit = prefix; bit < bits; bit++)
        bytes[bit / 8] &= static_cast<unsigned char>(~(0x80u >> bit % 8));
    std::string text = numeric(bytes);
    return bytes.size() == 16 ? base::text('[', text, "]/", prefix) : base::text(text, '/', prefix);
}

}  // namespace

std::vector<OwnAddress> own_addresses(const std::vector<std::string>& interfaces,
                                      const std::vector<std::string>& protocols) {
    std::vector<OwnAddress> all = interface_addresses(false);
    std::vector<OwnAddress> own;
    for (std::string word : interfaces) {
        if (word == "all" || word == "loopback-only") {
            std::vector<OwnAddress> more = interface_addresses(word != "all");
            own.insert(own.end(), more.begin(), more.end());
            continue;
        }
        if (word.starts_with('[') && word.ends_with(']'))
            word = word.substr(1, word.size() - 2);
        for (const std::string& address : addresses_of(word))
            own.push_back(with_prefix(address, all));
    }
    std::erase_if(own,
                  [&](const OwnAddress& each) { return !has_family(protocols, each.address); });
    auto is_v6 = [](const OwnAddress& each) { return each.address.find(':') != std::string::npos; };
    std::stable_partition(own.begin(), own.end(),
                          [&](const OwnAddress& each) { return !is_v6(each); });
    return own;
}

std::string own_networks(const std::vector<OwnAddress>& addresses, std::string_view style) {
    if (style != "subnet" && style != "class" && style != "host")
        throw Error(base::text("mynetworks_style: expected host, subnet or class, found \"",
                               base::printable(style), '"'));
    std::vector<std::string> networks;
    for (const OwnAddress& own : addresses) {
        std::string pattern = network(own, style);
        if (std::find(networks.begin(), networks.end(), pattern) == networks.end())
            networks.push_back(std::move(pattern));
    }
    std::string text;
    for (const std::string& pattern : networks)
        base::append(text, text.empty() ? "" : " ", pattern);
    return text;
}

}  // namespace config
