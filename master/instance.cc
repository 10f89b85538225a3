#include "master/instance.h"

#include <sched.h>

#include <algorithm>

#include "lib/config/check.h"
#include "lib/dict/check.h"
#include "lib/nexthop/check.h"
#include "lib/sasl/check.h"
#include "lib/tls/check.h"

namespace master {
namespace {

// Those that this process may use, which may be fewer than there are.
unsigned usable_cores() {
    cpu_set_t set;
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return std::max(1u, static_cast<unsigned>(CPU_COUNT(&set)));
}

}  // namespace

Instance Instance::load(const std::string& directory) {
    config::Settings settings = config::Settings::load(directory);
    std::vector<std::string> problems, doubts;
    auto take = [&](const std::vector<config::Problem>& found) {
        for (const config::Problem& problem : found)
            (problem.fatal ? problems : doubts).push_back(problem.text);
    };
    for (auto* check :
         {config::check_instance, nexthop::check_relays, tls::check_servers, sasl::check_servers})
        take(check(settings));
    dict::Tables tables(settings);
    take(dict::check_tables(settings, tables));
    if (!problems.empty())
        throw config::Error(problems);
    config::MasterCf master_cf = config::MasterCf::of(settings);
    Plan plan = make_plan(master_cf, settings, usable_cores());
    return Instance{std::move(settings), std::move(plan), std::move(doubts)};
}

}  // namespace master
