// Options of NameServers, from main.cf.
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/name_servers.h"
#include "lib/dns/domain.h"
#include "lib/dns/name_servers.h"

namespace dns {

namespace {

// dnssec_probe: "ns:.", a type with a name; empty for none.
std::optional<Question> probe_question(const config::Settings& settings) {
    std::string text = settings.text("dnssec_probe");
    if (text.empty())
        return std::nullopt;
    size_t colon = text.find(':');
    std::optional<Type> type = type_named(std::string_view(text).substr(0, colon));
    std::string name = colon == std::string::npos ? "" : canonical(text.substr(colon + 1));
    bool is_root = text.ends_with(":.");
    if (!type || (!is_root && !is_domain(name)))
        throw config::Error(base::text(settings.where("dnssec_probe"), ": dnssec_probe = ", text,
                                       ": expected a type of record and a name, as in ns:."));
    return Question(is_root ? "" : name, *type);
}

}  // namespace

Options Options::from(const config::Settings& settings) {
    Options options;
    options.dnssec_probe = probe_question(settings);
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
