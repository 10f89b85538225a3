// RelayUses are the next hops that main.cf and its tables name, each with its place.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/config/transports.h"
#include "lib/dict/tables.h"
#include "lib/nexthop/options.h"

namespace nexthop {

struct RelayUse {
    std::string place;      // "FILE, line N: relayhost", "table hash:/x: key y"
    std::string transport;  // that will deliver to it; "" where nobody does
    std::string nexthop;    // as written, not empty
};

// Of relayhost, the fallback relays and the transports of all classes of addresses.
std::vector<RelayUse> relays_of_settings(const config::Settings& settings,
                                         const config::Transports& transports);
// Of transport_maps and the tables of senders, as far as their entries can be listed. Tables that
// do not open are left out: they have a check of their own.
std::vector<RelayUse> relays_of_tables(const config::Settings& settings, dict::Tables& tables);

// The transport that mail for other domains goes by, which takes it to relayhost.
std::string relaying_transport(const config::Settings& settings);

// What a service that speaks SMTP or LMTP reads destinations by, with its -o options of master.cf.
class TransportOptions {
  public:
    // `settings` outlive it.
    explicit TransportOptions(const config::Settings& settings);

    const config::Transports& transports() const { return transports_; }
    // Null for one that does not speak them, or whose settings do not load.
    const Options* of(const std::string& transport);
    // The settings of its service.
    config::Settings settings_of(const std::string& transport) const;

  private:
    const config::Settings& settings_;
    config::Transports transports_;
    std::map<std::string, config::Overrides> overrides_;
    std::map<std::string, std::optional<Options>> options_;
};

}  // namespace nexthop
