// SiteLookup finds the endpoints of a destination: mail exchangers, their addresses, their order.
#pragma once

#include <set>
#include <string>

#include "lib/config/own_addresses.h"
#include "lib/dns/host_lookup.h"
#include "lib/dns/resolv_conf.h"
#include "lib/dns/resolver.h"
#include "lib/io/task.h"
#include "lib/nexthop/address_order.h"
#include "lib/nexthop/destination.h"
#include "lib/nexthop/site.h"

namespace nexthop {

struct LookupOptions {
    std::string myhostname;
    config::OwnAddresses own;
    dns::SearchRules search;  // of names in DNS, by smtp_dns_resolver_options
    bool ask_dns = true;      // no: a domain is a host
    bool guard_loops = true;  // mail to ourselves at port 25 is a loop
    bool randomize = true;
    AddressPreference preference = AddressPreference::any;
    bool balance = true;
    bool alias_names = false;            // a host is called by what its CNAME says
    size_t address_limit = 5;            // of a site; 0: any number
    bool ignore_mx_error = false;        // goes on to the domain's own address then
    std::set<std::string> srv_services;  // looked up by SRV
    bool ignore_srv_error = false;       // goes on without SRV when nobody answers
    bool allow_srv_fallback = false;     // the same whatever the answer is
    bool defer_if_no_address = false;    // of any mail exchanger
};

class SiteLookup {
  public:
    // All of it outlives this.
    SiteLookup(const LookupOptions& options, dns::Resolver& resolver, dns::HostLookup& hosts);

    // Throws nothing but io::Cancelled.
    io::Task<Site> look_up(const Destination& destination);

    // A fixed order, for tests.
    void seed(unsigned value) { random_.seed(value); }

  private:
    class Errors;
    Site socket(const Destination& destination) const;
    io::Task<Site> without_service(const Destination& destination);
    io::Task<Site> service(const Destination& destination);
    io::Task<Endpoints> servers(const std::vector<dns::Service>& found,
                                const Destination& destination, Errors& errors);
    bool goes_on_without(dns::Answer::State srv) const;
    io::Task<Site> domain(const Destination& destination);
    io::Task<Site> host(const Destination& destination);
    io::Task<Endpoints> addresses_of(const std::string& host, const Destination& destination,
                                     Errors& errors);
    io::Task<Endpoints> exchangers(const std::vector<dns::Exchange>& found,
                                   const Destination& destination, Errors& errors);
    Site settle(Endpoints all, const Destination& destination, uint16_t best_preference);
    bool guards_loops(const Destination& destination) const;
    void arrange(Endpoints& endpoints);

    const LookupOptions& options_;
    dns::Resolver& resolver_;
    dns::HostLookup& hosts_;
    Random random_;
};

}  // namespace nexthop
