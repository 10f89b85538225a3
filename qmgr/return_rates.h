// ReturnRates says how fast mail goes to a next hop that is back: failover_return_rate, its own or
// its transport's.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "lib/nexthop/failover_policies.h"

namespace qmgr {

class ReturnRates {
  public:
    // Opens the tables of all transports that speak SMTP or LMTP in `tables`, which outlive this.
    // Throws config::Error.
    ReturnRates(const config::Settings& settings, dict::Tables& tables);

    // Messages a second to a next hop ("transport:nexthop"), where nothing else is known of it.
    double usual(std::string_view hop) const;
    // What failover_policy_maps says of it, else the same.
    io::Task<double> of(std::string hop);

  private:
    config::Settings settings_;
    std::map<std::string, nexthop::FailoverPolicies, std::less<>> by_transport_;
};

}  // namespace qmgr
