// LoginRules are what a mechanism must be like for a login to use it.
#pragma once

#include <memory>

#include "lib/config/own_settings.h"
#include "lib/dict/match_list.h"

namespace smtp {

struct LoginRules {
    unsigned demands = 0;                           // sasl::Demand
    unsigned tls_demands = 0;                       // under TLS,
    unsigned verified_demands = 0;                  // with a server whose certificate matched
    std::shared_ptr<const dict::MatchList> filter;  // null: any
    bool soft_bounce = true;                        // a refusal for good only defers mail

    // Throws config::Error.
    static LoginRules from(const config::OwnSettings& own, dict::Tables& tables);
};

}  // namespace smtp
