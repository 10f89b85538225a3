#include "smtp/options.h"

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace smtp {
namespace {

// The parameters of one program: "_helo_timeout" is smtp_helo_timeout or lmtp_helo_timeout.
class Own {
  public:
    Own(const config::Settings& settings, std::string_view program)
        : settings_(settings), program_(program) {}

    std::string name(std::string_view suffix) const { return base::text(program_, suffix); }
    std::string where(std::string_view suffix) const { return settings_.where(name(suffix)); }
    std::string text(std::string_view suffix) const { return settings_.text(name(suffix)); }
    bool flag(std::string_view suffix) const { return settings_.flag(name(suffix)); }
    base::Duration time(std::string_view suffix) const { return settings_.time(name(suffix)); }
    uint64_t number(std::string_view suffix) const {
        return static_cast<uint64_t>(settings_.number(name(suffix)));
    }
    std::vector<std::string> list(std::string_view suffix) const {
        return settings_.list(name(suffix));
    }
    [[noreturn]] void refuse(std::string_view suffix, std::string_view expected) const {
        throw config::Error(base::text(where(suffix), ": ", name(suffix), " = ", text(suffix),
                                       ": expected ", expected));
    }

  private:
    const config::Settings& settings_;
    std::string_view program_;
};

bool is_loopback(std::string_view ip) {
    return ip.starts_with("127.") || ip == "::1";
}

// Of a machine that receives mail at one address of a family only, mail comes from that address,
// unless nobody elsewhere could see it.
std::optional<io::SocketAddress> only_address(const config::OwnAddresses& own, int family) {
    std::optional<io::SocketAddress> only;
    for (const std::string& ip : own.all()) {
        std::optional<io::SocketAddress> one = io::SocketAddress::inet(ip, 0);
        if (!one || one->family() != family)
            continue;
        if (only)
            return std::nullopt;
        only = one;
    }
    return only && !is_loopback(only->ip()) ? only : std::nullopt;
}

std::optional<io::SocketAddress> bind_address(const Own& own, std::string_view suffix, int family,
                                              const config::OwnAddresses& interfaces) {
    std::string text = own.text(suffix);
    if (text.empty())
        return only_address(interfaces, family);
    if (text.starts_with('[') && text.ends_with(']'))
        text = text.substr(1, text.size() - 2);
    std::optional<io::SocketAddress> address = io::SocketAddress::inet(text, 0);
    if (!address || address->family() != family)
        own.refuse(suffix, family == AF_INET ? "one IPv4 address" : "one IPv6 address");
    return address;
}

AddressPreference address_preference(const Own& own) {
    std::string text = own.text("_address_preference");
    return text == "ipv4"   ? AddressPreference::ipv4
           : text == "ipv6" ? AddressPreference::ipv6
                            : AddressPreference::any;
}

bool asks_dns(const config::Settings& settings, const Own& own) {
    std::string level = own.text("_dns_support_level");
    return level.empty() ? !settings.flag("disable_dns_lookups") : level != "disabled";
}

dns::SearchRules search_rules(const Own& own) {
    dns::SearchRules rules;
    for (const std::string& word : own.list("_dns_resolver_options")) {
        if (word != "res_defnames" && word != "res_dnsrch")
            own.refuse("_dns_resolver_options", "res_defnames, res_dnsrch or both");
        rules.short_names = rules.short_names || word == "res_defnames";
        rules.all_names = rules.all_names || word == "res_dnsrch";
    }
    return rules;
}

PlanOptions plan_options(const config::Settings& settings, const Own& own, bool lmtp,
                         std::string_view service) {
    PlanOptions plan;
    plan.rules.lmtp = lmtp;
    plan.rules.transport = service;
    plan.rules.services = config::ServicePorts::of(settings);
    std::optional<uint16_t> port = plan.rules.services.find(own.text("_tcp_port"));
    if (!port)
        own.refuse("_tcp_port", "a port or the name of a service");
    plan.rules.port = *port;
    plan.rules.service = own.text("_tcp_port");
    plan.fallback_relay = own.text("_fallback_relay");
    plan.relayhost = settings.text("relayhost");
    plan.address_limit = own.number("_mx_address_limit");
    plan.session_limit = own.number("_mx_session_limit");
    return plan;
}

LookupOptions lookup_options(const config::Settings& settings, const Own& own, bool lmtp) {
    LookupOptions lookup;
    lookup.myhostname = settings.text("myhostname");
    lookup.own = config::OwnAddresses::from(settings);
    lookup.search = search_rules(own);
    lookup.ask_dns = asks_dns(settings, own);
    lookup.guard_loops = !lmtp;
    lookup.randomize = own.flag("_randomize_addresses");
    lookup.preference = address_preference(own);
    lookup.balance = own.flag("_balance_inet_protocols");
    lookup.address_limit = own.number("_mx_address_limit");
    lookup.alias_names = own.flag("_cname_overrides_servername");
    lookup.ignore_mx_error = settings.flag("ignore_mx_lookup_error");
    for (std::string& service : settings.list("use_srv_lookup"))
        lookup.srv_services.insert(std::move(service));
    lookup.ignore_srv_error = settings.flag("ignore_srv_lookup_error");
    lookup.allow_srv_fallback = settings.flag("allow_srv_lookup_fallback");
    lookup.defer_if_no_address = own.flag("_defer_if_no_mx_address_found");
    return lookup;
}

void read_times(Options& options, const Own& own) {
    options.idle_limit = own.time("_connection_cache_time_limit");
    options.reuse_limit = own.time("_connection_reuse_time_limit");
    options.connect = own.time("_connect_timeout");
    options.helo = own.time(options.lmtp ? "_lhlo_timeout" : "_helo_timeout");
    options.xforward = own.time("_xforward_timeout");
    options.mail = own.time("_mail_timeout");
    options.rcpt = own.time("_rcpt_timeout");
    options.data_init = own.time("_data_init_timeout");
    options.data_xfer = own.time("_data_xfer_timeout");
    options.data_done = own.time("_data_done_timeout");
    options.rset = own.time("_rset_timeout");
    options.quit = own.time("_quit_timeout");
    options.per_request_deadline = own.flag("_per_request_deadline");
    options.least_rate = own.number("_min_data_rate");
}

}  // namespace

Options Options::from(const config::Settings& settings, std::string_view program,
                      std::string_view service, dict::Tables& tables) {
    Options options;
    options.lmtp = program == "lmtp";
    Own own(settings, program);
    options.myhostname = settings.text("myhostname");
    options.helo_name = own.text(options.lmtp ? "_lhlo_name" : "_helo_name");
    options.plan = plan_options(settings, own, options.lmtp, service);
    options.lookup = lookup_options(settings, own, options.lmtp);
    config::OwnAddresses interfaces = config::OwnAddresses::of_interfaces(settings);
    options.bind_v4 = bind_address(own, "_bind_address", AF_INET, interfaces);
    options.bind_v6 = bind_address(own, "_bind_address6", AF_INET6, interfaces);
    options.bind_enforce = own.flag("_bind_address_enforce");
    if (!options.lmtp) {
        options.always_send_ehlo = settings.flag("smtp_always_send_ehlo");
        options.never_send_ehlo = settings.flag("smtp_never_send_ehlo");
    }
    options.ignored_keywords =
        own.list(options.lmtp ? "_discard_lhlo_keywords" : "_discard_ehlo_keywords");
    options.ignored_by_address =
        dict::Maps::of(tables, settings,
                       own.name(options.lmtp ? "_discard_lhlo_keyword_address_maps"
                                             : "_discard_ehlo_keyword_address_maps"));
    options.skip_5xx_greeting = own.flag("_skip_5xx_greeting");
    options.skip_quit_response = own.flag("_skip_quit_response");
    options.send_xforward = own.flag("_send_xforward_command");
    options.soft_bounce = settings.flag("soft_bounce");
    options.keep_connections = own.flag("_connection_cache_on_demand");
    options.reuse_count = own.number("_connection_reuse_count_limit");
    options.outgoing = OutgoingAddresses(settings, tables, own.name("_generic_maps"),
                                         own.flag("_quote_rfc821_envelope"));
    options.original_recipients = settings.flag("enable_original_recipient");
    options.convert_mime = !settings.flag("disable_mime_output_conversion");
    options.line_limit = own.number("_line_length_limit");
    read_times(options, own);
    return options;
}

}  // namespace smtp
