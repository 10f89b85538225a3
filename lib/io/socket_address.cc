#include "lib/io/socket_address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

#include "lib/base/text.h"

namespace io {
namespace {

const sockaddr_in& v4(const sockaddr* a) {
    return *reinterpret_cast<const sockaddr_in*>(a);
}
const sockaddr_in6& v6(const sockaddr* a) {
    return *reinterpret_cast<const sockaddr_in6*>(a);
}

std::optional<sockaddr_in6> parse_v6(std::string_view ip, uint16_t port) {
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(port);
    size_t percent = ip.find('%');
    if (percent != std::string_view::npos) {
        name.sin6_scope_id = if_nametoindex(std::string(ip.substr(percent + 1)).c_str());
        if (name.sin6_scope_id == 0)
            return std::nullopt;
    }
    if (inet_pton(AF_INET6, std::string(ip.substr(0, percent)).c_str(), &name.sin6_addr) != 1)
        return std::nullopt;
    return name;
}

}  // namespace

SocketAddress SocketAddress::from(const sockaddr_storage& storage, socklen_t size) {
    SocketAddress address;
    address.storage_ = storage;
    address.size_ = size;
    return address;
}

std::optional<SocketAddress> SocketAddress::inet(std::string_view ip, uint16_t port) {
    sockaddr_storage storage{};
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (inet_pton(AF_INET, std::string(ip).c_str(), &name.sin_addr) == 1) {
        std::memcpy(&storage, &name, sizeof name);
        return from(storage, sizeof name);
    }
    std::optional<sockaddr_in6> wide = parse_v6(ip, port);
    if (!wide)
        return std::nullopt;
    std::memcpy(&storage, &*wide, sizeof *wide);
    return from(storage, sizeof *wide);
}

std::optional<SocketAddress> SocketAddress::unix_path(std::string_view path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof name.sun_path)
        return std::nullopt;
    std::memcpy(name.sun_path, path.data(), path.size());
    sockaddr_storage storage{};
    std::memcpy(&storage, &name, sizeof name);
    return from(storage, sizeof name);
}

std::optional<SocketAddress> SocketAddress::local_of(int socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return std::nullopt;
    return from(storage, size);
}

std::optional<SocketAddress> SocketAddress::peer_of(int socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return std::nullopt;
    return from(storage, size);
}

std::string SocketAddress::ip() const {
    char name[INET6_ADDRSTRLEN] = "";
    if (family() == AF_INET)
        inet_ntop(AF_INET, &v4(get()).sin_addr, name, sizeof name);
    if (family() != AF_INET6)
        return name;
    const in6_addr& wide = v6(get()).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&wide))
        inet_ntop(AF_INET, wide.s6_addr + 12, name, sizeof name);
    else
        inet_ntop(AF_INET6, &wide, name, sizeof name);
    return name;
}

uint16_t SocketAddress::port() const {
    if (family() == AF_INET)
        return ntohs(v4(get()).sin_port);
    return family() == AF_INET6 ? ntohs(v6(get()).sin6_port) : 0;
}

std::string SocketAddress::path() const {
    if (family() != AF_UNIX)
        return {};
    return reinterpret_cast<const sockaddr_un*>(get())->sun_path;
}

}  // namespace io
