#include "lib/io/connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/descriptor.h"
#include "lib/io/wire.h"

namespace io {
namespace {

std::string shown(const SocketAddress& address) {
    return address.is_inet() ? base::text("[", address.ip(), "]:", address.port()) : address.path();
}

}  // namespace

Task<base::Fd> connect(SocketAddress to, Instant deadline, std::optional<SocketAddress> bind_to) {
    base::Fd fd(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        throw base::SystemError("make a socket");
    if (bind_to && ::bind(fd.get(), bind_to->get(), bind_to->size()) != 0)
        throw base::SystemError(base::text("bind to ", shown(*bind_to)));
    int on = 1;
    if (to.is_inet())
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd.get(), to.get(), to.size()) == 0)
        co_return std::move(fd);
    if (errno != EINPROGRESS)
        throw base::SystemError(base::text("connect to ", shown(to)));
    Descriptor pending(std::move(fd));
    pending.wrote_some(-1, 0);
    bool ready = co_await pending.writable(deadline);
    if (!ready)
        throw TimedOut();
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(pending.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0)
        throw base::SystemError(base::text("connect to ", shown(to)), error);
    co_return pending.release();
}

}  // namespace io
