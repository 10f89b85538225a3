// Router says where a recipient's mail goes next: class of address, transport, next hop.
//
// One Router serves smtpd (to judge a recipient), qmgr (to deliver) and the explaining command, so
// that they cannot differ. The order of precedence is in ROUTING.md beside this file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "lib/mail/dsn.h"

namespace route {

enum class Class : uint8_t { local, virtual_alias, virtual_mailbox, relay, other };

struct Route {
    std::string transport;  // a service of master.cf: "smtp"
    std::string nexthop;    // as configured: "[192.0.2.1]:25", "example.com", a list "a, b"
    // The parameter that says so: "relayhost", "transport_maps" …; "" where the next hop is the
    // recipient's own domain, and no relay that anybody configured.
    std::string_view set_by = {};
    std::string recipient;  // the address in the form that is routed (after rewriting), external
    Class address_class = Class::other;
    bool relocated = false;  // relocated_maps has it: transport "error", nexthop the text
    // The local part still holds @, ! or %, so that whoever gets the mail may send it on.
    bool routed = false;

    bool configured() const { return !set_by.empty(); }
    bool operator==(const Route&) const = default;
};

// Mail that waits or comes back because nothing says where it goes.
struct Unroutable {
    mail::Dsn dsn;       // class 4: it waits
    std::string reason;  // for the log and for mailq

    bool operator==(const Unroutable&) const = default;
};

struct Routed {
    std::optional<Route> route;  // none: see unroutable
    Unroutable unroutable;
};

class Trace;

class Router {
  public:
    // `tables` outlives it, and `trace`, which is told what is asked on the way, where there is
    // one. Throws config::Error for settings that cannot be understood.
    Router(const config::Settings& settings, dict::Tables& tables, Trace* trace = nullptr);
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    // Both addresses in external form; `sender` "" is the null sender.
    io::Task<Routed> route(std::string_view sender, std::string_view recipient) const;
    // The same for mail that goes through a content filter first ("transport:nexthop").
    Routed through(std::string_view filter, std::string_view recipient) const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace route
