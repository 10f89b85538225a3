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

Policy Policy::from(const config::Settings& settings, const RuleBook::OpenTable& open,
                    FindRoute route) {
    return Policy(Parts{
        config::Networks::parse(settings.list("mynetworks")),
        config::Networks::parse(settings.list("smtpd_forbid_bare_newline_exclusions")),
        addresses_of_this_machine(),
        {settings.flag("smtpd_delay_reject"),
         settings.flag("smtpd_relay_before_recipient_restrictions")},
        Codes::from(settings),
        RuleBook(settings, open),
        std::move(route),
    });
}

Client Policy::client(std::string_view address, uint16_t port) const {
    Client client(address, port);
    client.trusted = parts_.mynetworks.contains(address);
    const auto& own = parts_.own_addresses;
    client.own = std::find(own.begin(), own.end(), address) != own.end();
    client.may_bare_lf = parts_.bare_lf_exclusions.contains(address);
    return client;
}

}  // namespace smtpd
