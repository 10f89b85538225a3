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

AuthSocket::Found addresses_of(const char* host, const std::string& port, int flags) {
    AuthSocket::Found found;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    int error = ::getaddrinfo(host, port.c_str(), &hints, &list);
    if (error != 0) {
        found.why = base::text(host == nullptr ? "" : base::printable(host), ':',
                               base::printable(port), ": ", ::gai_strerror(error));
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

// The number of a port or of a service of that name, which a process may not find later (chroot).
std::string port_number(const std::string& port) {
    // getaddrinfo() keeps the last 16 bits of any number.
    constexpr std::string_view digits = "0123456789";
    bool numeric = port.find_first_not_of(digits) == port.npos;
    if (numeric && base::number<uint16_t>(port).value_or(0) == 0)
        throw config::Error(
            base::text("expected a port from 1 to 65535, found \"", base::printable(port), '"'));
    std::vector<io::SocketAddress> any = addresses_of(nullptr, port, AI_PASSIVE).addresses;
    if (any.empty())
        throw config::Error(base::text("expected a port, found \"", base::printable(port), '"'));
    return std::to_string(any.front().port());
}

}  // namespace

AuthSocket::Found AuthSocket::system_look_up(const std::string& host, const std::string& port) {
    return addresses_of(host.c_str(), port, 0);
}

AuthSocket::Place AuthSocket::place_of(std::string_view path) {
    Place place;
    if (!path.starts_with("inet:")) {
        if (path.starts_with("unix:"))
            path.remove_prefix(5);
        auto address = io::SocketAddress::unix_path(path);
        if (!address || path.empty())
            throw config::Error(
                base::text("expected a socket, found \"", base::printable(path), '"'));
        place.addresses.push_back(*address);
        return place;
    }
    std::string text(path.substr(5));
    size_t colon = text.rfind(':');
    if (colon == text.npos || colon == 0 || colon + 1 == text.size())
        throw config::Error(
            base::text("expected inet:host:port, found \"inet:", base::printable(text), '"'));
    place.host = text.substr(0, colon);
    if (place.host.starts_with('[') && place.host.ends_with(']'))
        place.host = place.host.substr(1, place.host.size() - 2);
    place.port = port_number(text.substr(colon + 1));
    place.addresses = addresses_of(place.host.c_str(), place.port, AI_NUMERICHOST).addresses;
    return place;
}

AuthSocket::AuthSocket(const std::string& path, LookUp look_up)
    : look_up_(std::move(look_up)), place_(place_of(path)) {
    if (!place_.addresses.empty())
        return;
    // While files that say how names are looked up can be read.
    Found found = look_up_(place_.host, place_.port);
    place_.addresses = std::move(found.addresses);
    not_found_ = std::move(found.why);
    jobs_.emplace(1, 1);
}

io::Task<void> AuthSocket::run() {
    if (jobs_)
        co_await jobs_->run();
}

io::Task<void> AuthSocket::look_up(base::Duration limit) {
    auto found = std::make_shared<Found>();
    std::function<void()> job = [found, look_up = look_up_, host = place_.host,
                                 port = place_.port] { *found = look_up(host, port); };
    BlockingJobs::Outcome outcome = co_await jobs_->perform(std::move(job), limit);
    if (outcome != BlockingJobs::Outcome::done) {
        not_found_ =
            base::text(base::printable(place_.host), ": its name is still being looked up");
    } else if (found->addresses.empty()) {
        not_found_ = std::move(found->why);
    } else {
        place_.addresses = std::move(found->addresses);
    }
}

io::Task<AuthSocket::Outcome> AuthSocket::connect(base::Duration limit) {
    if (jobs_)
        co_await look_up(limit);
    const io::Instant deadline = io::loop().now() + limit;
    std::string why = not_found_;
    for (const io::SocketAddress& address : place_.addresses) {
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
