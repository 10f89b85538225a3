// Destination is what restrictions know of where mail to an address goes.
#pragma once

#include <string>

#include "lib/route/router.h"

namespace smtpd {

struct Destination {
    bool known = false;      // false: nobody can say now, or it is
    bool malformed = false;  // no address that mail could go to
    route::Class address_class = route::Class::other;
    std::string recipient;     // the address that is routed, external form
    bool hides_route = false;  // whoever gets the mail may send it on
    std::string transport;
    std::string nexthop;
};

}  // namespace smtpd
