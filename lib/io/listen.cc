#include "lib/io/listen.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace io {
namespace {

base::Fd bind_unix(const std::string& path, mode_t mode, int type) {
    std::optional<SocketAddress> address = SocketAddress::unix_path(path);
    if (!address)
        throw base::SystemError(base::text("bind ", path), ENAMETOOLONG);
    base::Fd fd(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        throw base::SystemError("make a socket");
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        throw base::SystemError(base::text("remove ", path));
    if (::bind(fd.get(), address->get(), address->size()) != 0)
        throw base::SystemError(base::text("bind ", path));
    if (::chmod(path.c_str(), mode) != 0)
        throw base::SystemError(base::text("set the mode of ", path));
    return fd;
}

}  // namespace

base::Fd listen_inet(const SocketAddress& address, int backlog) {
    const std::string name = base::text("[", address.ip(), "]:", address.port());
    base::Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        throw base::SystemError(base::text("make a socket for ", name));
    int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
    if (address.family() == AF_INET6)
        setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(fd.get(), address.get(), address.size()) != 0)
        throw base::SystemError(base::text("bind ", name));
    if (::listen(fd.get(), backlog) != 0)
        throw base::SystemError(base::text("listen on ", name));
    return fd;
}

base::Fd listen_unix(const std::string& path, mode_t mode, int backlog) {
    base::Fd fd = bind_unix(path, mode, SOCK_STREAM);
    if (::listen(fd.get(), backlog) != 0)
        throw base::SystemError(base::text("listen on ", path));
    return fd;
}

base::Fd bind_datagram(const std::string& path, mode_t mode) {
    return bind_unix(path, mode, SOCK_DGRAM);
}

}  // namespace io
