// FailoverPolicies gives the failover settings of a next hop: its own of failover_policy_maps, or
// those of the transport.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "lib/dict/maps.h"
#include "lib/io/task.h"
#include "lib/nexthop/failover_settings.h"

namespace nexthop {

class FailoverPolicies {
  public:
    explicit FailoverPolicies(FailoverSettings of_transport, dict::Maps maps = {})
        : of_transport_(std::move(of_transport)), maps_(std::move(maps)) {}
    // Of the service `transport` of master.cf; its tables are opened in `tables`, which outlive
    // this. Throws config::Error.
    static FailoverPolicies of(const config::Settings& settings, std::string_view transport,
                               dict::Tables& tables);

    const FailoverSettings& of_transport() const { return of_transport_; }
    // No: of() is of_transport() for every next hop.
    bool has_tables() const { return !maps_.empty(); }

    // `nexthop` as written, with white space or not: what is in the tables for its elements joined
    // by commas alone holds as well. Where a table is in trouble or an entry is wrong, the settings
    // of the transport hold, with a warning, an entry's once: mail does not wait for it. Throws
    // nothing but io::Cancelled.
    io::Task<FailoverSettings> of(std::string nexthop);

  private:
    io::Task<dict::Lookup> find(const std::string& nexthop) const;
    void warn_once(const std::string& text);

    FailoverSettings of_transport_;
    dict::Maps maps_;
    std::set<std::string> said_;
};

// What is wrong with the entry `key` of failover_policy_maps, each with table and key; for
// `postfix check`.
std::vector<std::string> policy_problems(std::string_view table, std::string_view key,
                                         std::string_view value);

}  // namespace nexthop
