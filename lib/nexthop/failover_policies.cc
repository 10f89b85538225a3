#include "lib/nexthop/failover_policies.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"

namespace nexthop {
namespace {

constexpr size_t most_said = 1000;

// "[a], [b]" as "[a],[b]": keys of most tables hold no white space.
std::string joined(std::string_view nexthop) {
    std::string text;
    for (std::string_view element : base::split(nexthop, ", \t\r\n"))
        base::append(text, text.empty() ? "" : ",", element);
    return text;
}

}  // namespace

FailoverPolicies FailoverPolicies::of(const config::Settings& settings, std::string_view transport,
                                      dict::Tables& tables) {
    std::string maps = base::text(transport, "_failover_policy_maps");
    return FailoverPolicies(FailoverSettings::from(settings, transport),
                            dict::Maps::of(tables, settings, maps));
}

io::Task<dict::Lookup> FailoverPolicies::find(const std::string& nexthop) const {
    dict::Lookup lookup = co_await maps_.find(nexthop);
    std::string other = joined(nexthop);
    if (!lookup.none() || other == nexthop)
        co_return lookup;
    co_return co_await maps_.find(other);
}

io::Task<FailoverSettings> FailoverPolicies::of(std::string nexthop) {
    if (maps_.empty())
        co_return of_transport_;
    dict::Lookup lookup = co_await find(nexthop);
    if (lookup.retry())
        base::log::warning(base::text("failover_policy_maps: ", lookup.value, "; the settings of ",
                                      "the transport hold for ", base::printable(nexthop)));
    if (!lookup.found())
        co_return of_transport_;
    try {
        co_return of_transport_.with(lookup.value);
    } catch (const config::Error&) {
        for (const std::string& problem : policy_problems(lookup.table, nexthop, lookup.value))
            warn_once(base::text("failover_policy_maps: ", problem));
    }
    co_return of_transport_;
}

void FailoverPolicies::warn_once(const std::string& text) {
    if (said_.size() >= most_said)
        said_.clear();
    if (said_.insert(text).second)
        base::log::warning(text);
}

std::vector<std::string> policy_problems(std::string_view table, std::string_view key,
                                         std::string_view value) {
    std::vector<std::string> problems;
    try {
        static_cast<void>(FailoverSettings().with(value));
    } catch (const config::Error& error) {
        for (const std::string& problem : error.problems())
            problems.push_back(
                base::text("table ", table, ": key ", base::printable(key), ": ", problem));
    }
    return problems;
}

}  // namespace nexthop
