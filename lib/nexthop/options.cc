#include "lib/nexthop/options.h"

namespace nexthop {
namespace {

AddressPreference address_preference(const config::OwnSettings& own) {
    std::string text = own.text("_address_preference");
    return text == "ipv4"   ? AddressPreference::ipv4
           : text == "ipv6" ? AddressPreference::ipv6
                            : AddressPreference::any;
}

bool asks_dns(const config::OwnSettings& own) {
    std::string level = own.text("_dns_support_level");
    return level.empty() ? !own.all().flag("disable_dns_lookups") : level != "disabled";
}

dns::SearchRules search_rules(const config::OwnSettings& own) {
    dns::SearchRules rules;
    for (const std::string& word : own.list("_dns_resolver_options")) {
        if (word != "res_defnames" && word != "res_dnsrch")
            own.refuse("_dns_resolver_options", "res_defnames, res_dnsrch or both");
        rules.short_names = rules.short_names || word == "res_defnames";
        rules.all_names = rules.all_names || word == "res_dnsrch";
    }
    return rules;
}

DestinationRules destination_rules(const config::OwnSettings& own, std::string_view service) {
    DestinationRules rules;
    rules.lmtp = own.program() == "lmtp";
    rules.transport = service;
    rules.services = config::ServicePorts::of(own.all());
    std::optional<uint16_t> port = rules.services.find(own.text("_tcp_port"));
    if (!port)
        own.refuse("_tcp_port", "a port or the name of a service");
    rules.port = *port;
    rules.service = own.text("_tcp_port");
    return rules;
}

LookupOptions lookup_options(const config::OwnSettings& own) {
    const config::Settings& settings = own.all();
    LookupOptions lookup;
    lookup.myhostname = settings.text("myhostname");
    lookup.own = config::OwnAddresses::from(settings);
    lookup.search = search_rules(own);
    lookup.ask_dns = asks_dns(own);
    lookup.dnssec = own.text("_dns_support_level") == "dnssec";
    lookup.guard_loops = own.program() != "lmtp";
    lookup.randomize = own.flag("_randomize_addresses");
    lookup.preference = address_preference(own);
    lookup.balance = own.flag("_balance_inet_protocols");
    lookup.address_limit = own.number("_mx_address_limit");
    lookup.alias_names = own.flag("_cname_overrides_servername");
    lookup.ignore_mx_error = settings.flag("ignore_mx_lookup_error");
    if (own.program() != "lmtp") {
        lookup.try_null_mx_list = settings.flag("smtp_try_null_mx_list");
        lookup.srv_of_relays = settings.flag("smtp_srv_lookup");
    }
    for (std::string& service : settings.list("use_srv_lookup"))
        lookup.srv_services.insert(std::move(service));
    lookup.ignore_srv_error = settings.flag("ignore_srv_lookup_error");
    lookup.allow_srv_fallback = settings.flag("allow_srv_lookup_fallback");
    lookup.defer_if_no_address = own.flag("_defer_if_no_mx_address_found");
    return lookup;
}

}  // namespace

Options Options::from(const config::OwnSettings& own, std::string_view service) {
    Options options;
    options.rules = destination_rules(own, service);
    options.lookup = lookup_options(own);
    options.fallback_relay = own.text("_fallback_relay");
    options.relayhost = own.all().text("relayhost");
    options.address_limit = own.number("_mx_address_limit");
    options.session_limit = own.number("_mx_session_limit");
    return options;
}

}  // namespace nexthop
