// Options of NameServers, from main.cf.
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/name_servers.h"
#include "lib/dns/name_servers.h"

namespace dns {

Options Options::from(const config::Settings& settings) {
    Options options;
    options.cache_entries = static_cast<size_t>(settings.number("dns_cache_limit"));
    try {
        options.servers = config::parse_name_servers(settings.list("resolver_nameservers"));
    } catch (const config::Error& error) {
        std::vector<std::string> problems;
        for (const std::string& problem : error.problems())
            problems.push_back(base::text(settings.where("resolver_nameservers"),
                                          ": resolver_nameservers: ", problem));
        throw config::Error(std::move(problems));
    }
    if (options.servers.empty())
        options.resolv_conf = "/etc/resolv.conf";
    return options;
}

}  // namespace dns
