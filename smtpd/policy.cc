#include "smtpd/policy.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/socket_address.h"

namespace smtpd {

namespace {

std::vector<std::string> addresses_of_this_machine() {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0)
        throw base::SystemError("getifaddrs");
    std::vector<std::string> addresses;
    for (auto* at = first; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr)
            continue;
        auto family = at->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6)
            continue;
        socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        sockaddr_storage storage{};
        std::memcpy(&storage, at->ifa_addr, size);
        addresses.push_back(io::SocketAddress::from(storage, size).ip());
    }
    freeifaddrs(first);
    return addresses;
}

}  // namespace

Client::Client(std::string_view ip, uint16_t from_port)
    : address(ip), port(base::text(from_port)) {}

std::string Client::text() const {
    std::string shown = base::text(name, '[', address, ']');
    if (shows_port)
        base::append(shown, ':', port);
    return shown;
}

Policy Policy::from(const config::Settings& settings) {
    Lists lists;
    lists.mynetworks = config::Networks::parse(settings.list("mynetworks"));
    lists.bare_lf_exclusions =
        config::Networks::parse(settings.list("smtpd_forbid_bare_newline_exclusions"));
    lists.own_addresses = addresses_of_this_machine();
    return Policy(std::move(lists));
}

Client Policy::client(std::string_view address, uint16_t port) const {
    Client client(address, port);
    client.trusted = lists_.mynetworks.contains(address);
    const auto& own = lists_.own_addresses;
    client.own = std::find(own.begin(), own.end(), address) != own.end();
    client.may_bare_lf = lists_.bare_lf_exclusions.contains(address);
    return client;
}

std::optional<mail::Reply> Policy::refuse_recipient(const Client& client,
                                                    std::string_view recipient) const {
    if (client.trusted)
        return std::nullopt;
    return mail::Reply::make(554, base::text("5.7.1 <", recipient, ">: Relay access denied"));
}

}  // namespace smtpd
