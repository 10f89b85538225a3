#include "lib/io/datagram.h"

#include <sys/socket.h>

#include "lib/base/error.h"

namespace io {

Task<std::string> Datagram::receive(size_t most) {
    std::string message;
    while (true) {
        co_await descriptor_.readable();
        message.resize(most);
        ssize_t n = ::recv(descriptor_.fd(), message.data(), most, 0);
        if (n >= 0) {
            message.resize(static_cast<size_t>(n));
            co_return std::move(message);
        }
        if (errno != EAGAIN && errno != EINTR)
            throw base::SystemError("receive a datagram");
        descriptor_.read_some(-1, most);
    }
}

}  // namespace io
