#include "smtp/socket_dialer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "lib/io/connect.h"

namespace smtp {

io::Task<std::unique_ptr<io::Wire>> SocketDialer::dial(io::SocketAddress to,
                                                       base::Instant deadline) {
    std::optional<io::SocketAddress> from =
        to.family() == AF_INET6 ? options_.bind_v6 : options_.bind_v4;
    base::Fd fd = co_await io::connect(to, deadline, from);
    // All that can go together is sent together; what is sent is not to wait for more.
    int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    co_return io::descriptor_wire(std::move(fd));
}

}  // namespace smtp
