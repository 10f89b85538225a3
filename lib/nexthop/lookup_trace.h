// LookupTrace is what one look-up asked, heard and left out, in order, for who explains it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "lib/dns/record.h"
#include "lib/nexthop/endpoint.h"

namespace nexthop {

struct LookupTrace {
    struct Question {
        std::string name;
        std::string type;  // "MX", "SRV", "A and AAAA"
        dns::Answer answer;
    };
    struct Dropped {
        Endpoint endpoint;
        std::string why;  // "it is this machine", …
    };
    // What was decided then: "smtp_try_null_mx_list: goes to x.example itself".
    struct Decision {
        std::string text;
    };
    using Step = std::variant<Question, Dropped, Decision>;

    std::vector<Step> steps;

    // Those of `before` that `after` has not got.
    void dropped(const Endpoints& before, const Endpoints& after, const std::string& why);
};

// "10 mx1.example", "0 5 587 a.example", "192.0.2.1": what a record says.
std::string text_of(const dns::Record& record);
std::string text_of(const dns::Certificate& record);  // "3 1 1 12ab…"

}  // namespace nexthop
