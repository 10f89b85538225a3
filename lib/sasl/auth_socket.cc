#include "lib/sasl/auth_socket.h"

#include <netdb.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"

namespace sasl {

namespace {

// Throws config::Error where the port is none.
AuthSocket::Found addresses_of(const std::string& host, const std::string& port, int flags) {
    AuthSocket::Found found;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
    if (error == EAI_SERVICE)
        throw config::Error(base::text("expected a port, found \"", base::printable(port), '"'));
    if (error != 0) {
        found.why = base::text(base::printable(host), ':', port, ": ", ::gai_strerror(error));
        return found;
    }
    for (addrinfo* at = list; at != nullptr; at = at->ai_next) {
        sockaddr_storage storage{};
        ::memcpy(&storage, at->ai_addr, at->ai_addrlen);
        found.addresses.push_back(io::SocketAddress::from(storage, at->ai_addrlen));
    }
    ::freeaddrinfo(list);
    return found;
}

}  // namespace

AuthSocket::Found AuthSocket::system_look_up(const std::string& host, const std::string& port) {
    return addresses_of(host, port, 0);
}

AuthSocket::AuthSocket(const std::string& path, LookUp look_up) : look_up_(std::move(look_up)) {
    if (!path.starts_with("inet:")) {
        std::string_view file = path;
        if (file.starts_with("unix:"))
            file.remove_prefix(5);
        auto address = io::SocketAddress::unix_path(file);
        if (!address || file.empty())
            throw config::Error(
                base::text("expected a socket, found \"", base::printable(file), '"'));
        addresses_.push_back(*address);
        return;
    }
    std::string text = path.substr(5);
    size_t colon = text.rfind(':');
    if (colon == text.npos || colon == 0 || colon + 1 == text.size())
        throw config::Error(
            base::text("expected inet:host:port, found \"inet:", base::printable(text), '"'));
    host_ = text.substr(0, colon);
    if (host_.starts_with('[') && host_.ends_with(']'))
        host_ = host_.substr(1, host_.size() - 2);
    port_ = text.substr(colon + 1);
    addresses_ = addresses_of(host_, port_, AI_NUMERICHOST).addresses;
    if (!addresses_.empty())
        return;
    // While files that say how names are looked up can be read.
    Found found = look_up_(host_, port_);
    addresses_ = std::move(found.addresses);
    not_found_ = std::move(found.why);
    jobs_.emplace(1, 1);
}

io::Task<void> AuthSocket::run() {
    if (jobs_)
        co_await jobs_->run();
}

io::Task<void> AuthSocket::look_up(base::Duration limit) {
    auto found = std::make_shared<Found>();
    std::function<void()> job = [found, look_up = look_up_, host = host_, port = port_] {
        *found = look_up(host, port);
    };
    BlockingJobs::Outcome outcome = co_await jobs_->perform(std::move(job), limit);
    if (outcome != BlockingJobs::Outcome::done) {
        not_found_ = base::text(base::printable(host_), ": its name is still being looked up");
    } else if (found->addresses.empty()) {
        not_found_ = std::move(found->why);
    } else {
        addresses_ = std::move(found->addresses);
    }
}

io::Task<AuthSocket::Outcome> AuthSocket::connect(base::Duration limit) {
    io::Instant deadline = io::loop().now() + limit;
    if (jobs_)
        co_await look_up(limit);
    std::string why = not_found_;
    for (const io::SocketAddress& address : addresses_) {
        try {
            base::Fd fd = co_await io::connect(address, deadline);
            co_return Outcome(io::descriptor_wire(std::move(fd)), "");
        } catch (const io::TimedOut&) {
            why = "timeout";
        } catch (const base::SystemError& error) {
            why = base::error_text(error.code());
        }
    }
    co_return Outcome(nullptr, std::move(why));
}

}  // namespace sasl
