// Site is what a destination turned out to be: its endpoints in the order to try, or why not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/mail/dsn.h"
#include "lib/nexthop/endpoint.h"

namespace nexthop {

// Why a destination has no endpoint. Class 4: it may have one later. Class 5: not soon.
struct Absence {
    mail::Dsn dsn;
    std::string reason;
};

// This machine is `destination`'s own best exchanger, or answers in its place.
Absence loops_back(mail::Dsn dsn, std::string_view destination);

struct Site {
    Endpoints endpoints;
    std::optional<Absence> absence;  // when there are none
    bool ours = false;  // this machine is one of its mail exchangers: no fallback relay for it
    bool dns_trouble = false;  // name servers failed: of what is not here nothing is known
};

}  // namespace nexthop
