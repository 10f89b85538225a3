#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/ipc/control.h"
#include "lib/ipc/frame.h"

namespace ipc {

namespace {

base::Fd connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw base::SystemError("connect " + path, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        throw base::SystemError("socket");
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw base::SystemError("connect " + path);
    return socket;
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            throw base::SystemError("send to qmgr");
        bytes.remove_prefix(static_cast<size_t>(sent));
    }
}

std::string read_exactly(int fd, size_t size, base::Instant until) {
    std::string bytes(size, '\0');
    for (size_t done = 0; done < size;) {
        auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - base::steady_now());
        pollfd waiting{fd, POLLIN, 0};
        int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
        if (ready == 0)
            throw base::SystemError("qmgr does not answer", ETIMEDOUT);
        ssize_t got = ready < 0 ? -1 : ::read(fd, bytes.data() + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            throw base::SystemError("read from qmgr", got == 0 ? ECONNRESET : errno);
        done += static_cast<size_t>(got);
    }
    return bytes;
}

}  // namespace

ControlAnswer ask_qmgr(const std::string& path, const ControlRequest& request,
                       base::Duration limit) {
    auto until = base::steady_now() + limit;
    base::Fd socket = connect_to(path);
    std::string payload = request.encode();
    base::Encoder out;
    out.u8(framed_preamble).u32(static_cast<uint32_t>(payload.size() + 1));
    out.u8(static_cast<uint8_t>(ControlFrame::request)).bytes(payload);
    write_all(socket.get(), out.view());
    for (;;) {
        // qmgr may ask for rings in between, as it asks every framed peer.
        size_t length = base::Decoder(read_exactly(socket.get(), 4, until)).u32();
        if (length == 0 || length > frame_limit)
            throw base::SystemError("answer of qmgr", EPROTO);
        std::string frame = read_exactly(socket.get(), length, until);
        if (static_cast<uint8_t>(frame[0]) == static_cast<uint8_t>(ControlFrame::answer))
            return ControlAnswer::decode(std::string_view(frame).substr(1));
    }
}

}  // namespace ipc
