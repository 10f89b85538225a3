#include "lib/ipc/trigger.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

namespace ipc {

namespace {

// A socket; older releases of Postfix have a FIFO there.
base::Fd open_listener(const std::string& path) {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0)
        throw base::SystemError("unable to look up " + path);
    if (S_ISFIFO(status.st_mode)) {
        base::Fd fifo(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        if (!fifo)
            throw base::SystemError("open " + path);
        return fifo;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw base::SystemError("connect to " + path, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket ||
        ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw base::SystemError("connect to " + path);
    return socket;
}

}  // namespace

bool trigger(const std::string& path, std::string_view bytes) {
    try {
        base::Fd fd = open_listener(path);
        ssize_t n = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == ENOTSOCK)
            n = ::write(fd.get(), bytes.data(), bytes.size());
        bool heard = n < 0 && errno == EPIPE;  // the connection alone said it all
        if (!heard && n != static_cast<ssize_t>(bytes.size()))
            throw base::SystemError("write to " + path);
        return true;
    } catch (const base::SystemError& error) {
        base::log::warning(error.what());
        return false;
    }
}

}  // namespace ipc
