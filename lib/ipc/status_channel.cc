#include "lib/ipc/status_channel.h"

#include <sys/socket.h>

#include <cerrno>

#include "lib/base/error.h"

namespace ipc {

bool StatusChannel::send(std::string_view message) {
    return ::send(descriptor_.fd(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
           static_cast<ssize_t>(message.size());
}

std::optional<std::string> StatusChannel::try_receive() {
    char bytes[256];
    ssize_t n = ::recv(descriptor_.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (n == 0)
        errno = 0;  // the other side is gone
    if (n <= 0)
        return std::nullopt;
    return std::string(bytes, static_cast<size_t>(n));
}

io::Task<std::optional<std::string>> StatusChannel::receive() {
    while (true) {
        co_await descriptor_.readable();
        std::optional<std::string> message = try_receive();
        if (message)
            co_return message;
        if (errno != EAGAIN && errno != EINTR)
            co_return std::nullopt;
        descriptor_.read_some(-1, 0);
    }
}

std::pair<base::Fd, base::Fd> status_socket_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        throw base::SystemError("make a status channel");
    return {base::Fd(ends[0]), base::Fd(ends[1])};
}

}  // namespace ipc
