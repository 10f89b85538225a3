#include "lib/nexthop/name_service.h"

namespace nexthop {
namespace {

// Without DNS the machine's own ways are all there is.
dns::HostLookup::Options host_lookup(const config::OwnSettings& own, const LookupOptions& lookup) {
    dns::HostLookup::Options options =
        dns::HostLookup::Options::from(own.all(), own.name("_host_lookup"));
    options.dns = options.dns && lookup.ask_dns;
    options.native = options.native || !lookup.ask_dns;
    return options;
}

dns::Options name_servers(const config::OwnSettings& own, const LookupOptions& lookup) {
    dns::Options options = dns::Options::from(own.all());
    options.dnssec = lookup.dnssec;
    return options;
}

}  // namespace

NameService::NameService(const config::OwnSettings& own, const LookupOptions& options)
    : names_(name_servers(own, options)),
      searching_(names_, search_list_, options.search),
      hosts_(searching_, hosts_file_, search_list_, host_lookup(own, options)),
      sites_(options, searching_, hosts_) {}

}  // namespace nexthop
