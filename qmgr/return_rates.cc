#include "qmgr/return_rates.h"

#include "lib/base/text.h"
#include "lib/config/transports.h"

namespace qmgr {

namespace {

std::string_view transport_of(std::string_view hop) {
    return hop.substr(0, hop.find(':'));
}

}  // namespace

ReturnRates::ReturnRates(const config::Settings& settings, dict::Tables& tables)
    : settings_(settings) {
    for (const std::string& transport : config::Transports::of(settings).speaking_smtp())
        by_transport_.emplace(transport,
                              nexthop::FailoverPolicies::of(settings, transport, tables));
}

double ReturnRates::usual(std::string_view hop) const {
    std::string name = base::text(transport_of(hop), "_failover_return_rate");
    return static_cast<double>(settings_.number(name));
}

io::Task<double> ReturnRates::of(std::string hop) {
    auto found = by_transport_.find(transport_of(hop));
    if (found == by_transport_.end() || !found->second.has_tables())
        co_return usual(hop);
    std::string nexthop = hop.substr(found->first.size() + 1);
    nexthop::FailoverSettings settings = co_await found->second.of(std::move(nexthop));
    co_return static_cast<double>(settings.return_rate);
}

}  // namespace qmgr
