// Route is where a message goes next: the transport and the next hop that is given to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "lib/config/settings.h"
#include "lib/mail/dsn.h"

namespace route {

struct Route {
    std::string transport;  // a service of master.cf: "smtp"
    std::string nexthop;    // "[192.0.2.1]:25", or several of those separated by ", "

    bool operator==(const Route&) const = default;
};

// Mail that waits because nothing says where it goes.
struct Unroutable {
    mail::Dsn dsn;
    std::string reason;  // for the log and for mailq

    bool operator==(const Unroutable&) const = default;
};

struct Options {
    std::string relayhost;  // normalised by parse_relayhost()
    std::string transport;  // default_transport

    // Throws config::Error naming the place of a relayhost that cannot be understood.
    static Options from(const config::Settings& settings);
};

std::variant<Route, Unroutable> route(const Options& options, std::string_view recipient);

// A list of [address]:port (port 25 where it is left out) in its normal form; "" for an empty
// list, none for anything else.
std::optional<std::string> parse_relayhost(std::string_view text);

}  // namespace route
