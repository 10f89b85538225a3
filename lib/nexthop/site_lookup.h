// SiteLookup finds the endpoints of a destination: mail exchangers, their addresses, their order.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "lib/config/own_addresses.h"
#include "lib/dns/host_lookup.h"
#include "lib/dns/resolv_conf.h"
#include "lib/dns/resolver.h"
#include "lib/io/task.h"
#include "lib/nexthop/address_memory.h"
#include "lib/nexthop/address_order.h"
#include "lib/nexthop/destination.h"
#include "lib/nexthop/lookup_errors.h"
#include "lib/nexthop/lookup_trace.h"
#include "lib/nexthop/site.h"

namespace nexthop {

struct LookupOptions {
    std::string myhostname;
    config::OwnAddresses own;
    dns::SearchRules search;  // of names in DNS, by smtp_dns_resolver_options
    bool ask_dns = true;      // no: a domain is a host
    bool dnssec = false;      // name servers are to validate; endpoints get their provenance
    bool guard_loops = true;  // mail to ourselves at port 25 is a loop
    bool randomize = true;
    AddressPreference preference = AddressPreference::any;
    bool balance = true;
    bool alias_names = false;            // a host is called by what its CNAME says
    size_t address_limit = 5;            // of a site; 0: any number
    bool ignore_mx_error = false;        // goes on to the domain's own address then
    bool try_null_mx_list = false;       // the same, also where we are the best exchanger
    std::set<std::string> srv_services;  // looked up by SRV
    bool srv_of_relays = false;          // and submission for configured relays without a port
    bool ignore_srv_error = false;       // goes on without SRV when nobody answers
    bool allow_srv_fallback = false;     // the same whatever the answer is
    bool defer_if_no_address = false;    // of any mail exchanger
};

// What one look-up is for.
struct Purpose {
    bool configured = false;       // of a relay that somebody configured, no recipient's domain
    bool interleave = false;       // of one host the families in turn, not one behind the other
    base::Duration stale_time{0};  // how old the addresses of a configured relay may be that are
                                   // used while name servers are in trouble
    LookupTrace* trace = nullptr;  // written where it is not null
};

class SiteLookup {
  public:
    // All of it outlives this.
    SiteLookup(const LookupOptions& options, dns::Resolver& resolver, dns::HostLookup& hosts);

    // Throws nothing but io::Cancelled. Both arguments outlive the task.
    io::Task<Site> look_up(const Destination& destination, const Purpose& purpose);
    // For a domain that nobody configured.
    io::Task<Site> look_up(const Destination& destination);

    // A fixed order, for tests.
    void seed(unsigned value) { random_.seed(value); }

  private:
    // One look-up under way.
    struct Search {
        const Destination& destination;
        const Purpose& purpose;
        LookupErrors errors;
        Endpoint::Source source = Endpoint::Source::name;
        Provenance named_by;  // its part about a domain, of the servers that are looked up now

        void note(std::string_view text) const;
        void named_in(const dns::Answer& answer);
        // There are no such servers in `answer`; what is looked up next is no matter of it.
        void goes_on_without(const dns::Answer& answer);
        void asked(const std::string& name, std::string_view type, const dns::Answer& answer) const;
        void dropped(const Endpoints& before, const Endpoints& after, const std::string& why) const;
    };
    struct ServiceName {
        std::string name;       // "submission"; empty for none
        bool optional = false;  // without such a service the mail exchangers are asked for
    };

    Site socket(const Destination& destination) const;
    io::Task<Site> find(Search& search);
    io::Task<Site> without_service(Search& search);
    ServiceName service_of(const Search& search) const;
    io::Task<Site> service(Search& search, const ServiceName& wanted);
    io::Task<Endpoints> servers(const std::vector<dns::Service>& found, Search& search);
    bool goes_on_without(const ServiceName& wanted, dns::Answer::State srv,
                         const LookupErrors& errors) const;
    io::Task<Site> domain(Search& search);
    io::Task<Site> exchangers_are_us(Search& search, const Site& loop);
    io::Task<Site> host(Search& search);
    io::Task<Endpoints> addresses_of(const std::string& host, uint16_t port, Search& search);
    Endpoints endpoints_in(const dns::Answer& answer, const std::string& host, uint16_t port,
                           Search& search) const;
    io::Task<Endpoints> exchangers(const std::vector<dns::Exchange>& found, Search& search);
    Site settle(Endpoints all, const Search& search, uint16_t best_preference);
    bool guards_loops(const Destination& destination) const;
    void arrange(Endpoints& endpoints, const Search& search);
    void remember(Site& site, const Search& search);

    const LookupOptions& options_;
    dns::Resolver& resolver_;
    dns::HostLookup& hosts_;
    AddressMemory memory_;
    Random random_;
};

}  // namespace nexthop
