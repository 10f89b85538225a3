// NameService is all that finds the sites of next hops: name servers, hosts file, their order.
#pragma once

#include "lib/dns/host_lookup.h"
#include "lib/dns/name_servers.h"
#include "lib/dns/searching_resolver.h"
#include "lib/nexthop/options.h"

namespace nexthop {

class NameService {
  public:
    // `options` outlive it.
    NameService(const config::OwnSettings& own, const LookupOptions& options);

    SiteLookup& sites() { return sites_; }
    // Names as they are, by DNS alone.
    dns::Resolver& resolver() { return names_; }

  private:
    dns::NameServers names_;
    dns::HostsFile hosts_file_;
    dns::SearchList search_list_;
    dns::SearchingResolver searching_;
    dns::HostLookup hosts_;
    SiteLookup sites_;
};

}  // namespace nexthop
