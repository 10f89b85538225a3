#include "smtp/socket_dialer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/io/connect.h"
#include "smtp/log.h"

namespace smtp {

std::optional<io::SocketAddress> SocketDialer::source_for(const io::SocketAddress& to) const {
    if (to.family() == AF_INET6)
        return options_.bind_v6;
    return to.family() == AF_INET ? options_.bind_v4 : std::nullopt;
}

io::Task<std::unique_ptr<io::Wire>> SocketDialer::dial(io::SocketAddress to,
                                                       base::Instant deadline) {
    std::optional<io::SocketAddress> from = source_for(to);
    base::Fd fd;
    bool unbound = !from;
    if (from) {
        try {
            base::Fd bound = co_await io::connect(to, deadline, from);
            fd = std::move(bound);
        } catch (const base::SystemError& error) {
            unbound = error.code() == EADDRNOTAVAIL && !options_.bind_enforce;
            if (!unbound)
                throw;
            log::not_bound(from->ip(), error.what());
        }
    }
    if (unbound) {
        base::Fd free = co_await io::connect(to, deadline);
        fd = std::move(free);
    }
    // All that can go together is sent together; what is sent is not to wait for more.
    int on = 1;
    if (to.is_inet())
        ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    co_return io::descriptor_wire(std::move(fd));
}

}  // namespace smtp
