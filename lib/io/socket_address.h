// SocketAddress is where a socket is bound or connected to: IPv4, IPv6 or a path.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace io {

class SocketAddress {
  public:
    SocketAddress() = default;

    // `ip` is a literal address ("192.0.2.1", "2001:db8::1", "fe80::1%eth0"); none when it is not.
    static std::optional<SocketAddress> inet(std::string_view ip, uint16_t port);
    // None when the path is too long for a socket name.
    static std::optional<SocketAddress> unix_path(std::string_view path);
    // From the kernel: accept, getsockname, getpeername.
    static SocketAddress from(const sockaddr_storage& storage, socklen_t size);
    static std::optional<SocketAddress> local_of(int socket);
    static std::optional<SocketAddress> peer_of(int socket);

    int family() const { return storage_.ss_family; }
    bool is_inet() const { return family() == AF_INET || family() == AF_INET6; }
    // "192.0.2.1", "2001:db8::1"; an IPv4-mapped IPv6 address in its IPv4 form; "" for a path.
    std::string ip() const;
    uint16_t port() const;
    std::string path() const;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t size() const { return size_; }

  private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

}  // namespace io
