#include "lib/ipc/relay_health.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstdlib>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/pass_fd.h"
#include "lib/io/socket_address.h"

namespace ipc {
namespace {

constexpr timeval patience{10, 0};

}  // namespace

std::unique_ptr<health::Table> inherited_health_table() {
    const char* text = ::getenv(health_variable);
    if (text == nullptr)
        return nullptr;
    std::string problem = "it is no descriptor";
    std::optional<int> number = base::number<int>(text);
    try {
        if (number && ::fcntl(*number, F_SETFD, FD_CLOEXEC) == 0)
            return std::make_unique<health::Table>(base::Fd(*number));
    } catch (const health::Foreign& foreign) {
        problem = foreign.what();
    }
    base::log::warning(base::text("environment variable ", health_variable, ": \"", text,
                                  "\": ", problem, ": going without relay health"));
    return nullptr;
}

std::optional<base::Fd> ask_for_health_table(const std::string& queue_directory) {
    std::string path = base::text(queue_directory, "/", health_socket);
    std::optional<io::SocketAddress> address = io::SocketAddress::unix_path(path);
    if (!address)
        throw base::SystemError(base::text("connect to ", path), ENAMETOOLONG);
    base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd)
        throw base::SystemError("make a socket");
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd.get(), address->get(), address->size()) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            return std::nullopt;
        throw base::SystemError(base::text("connect to ", path));
    }
    io::Passed passed = io::receive_with_fd(fd.get(), 1);
    if (!passed.fd)
        throw base::SystemError(base::text("ask master at ", path), EACCES);
    return std::move(passed.fd);
}

}  // namespace ipc
