#include "smtp/options.h"

#include "lib/config/own_settings.h"
#include "lib/ipc/tls_memory.h"

namespace smtp {
namespace {

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

std::optional<io::SocketAddress> bind_address(const config::OwnSettings& own,
                                              std::string_view suffix, int family,
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

void read_times(Options& options, const config::OwnSettings& own) {
    options.idle_limit = own.time("_connection_cache_time_limit");
    options.reuse_limit = own.time("_connection_reuse_time_limit");
    options.connect = own.time("_connect_timeout");
    options.helo = own.time(options.lmtp ? "_lhlo_timeout" : "_helo_timeout");
    options.starttls = own.time("_starttls_timeout");
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

void read_tls(Options& options, const config::OwnSettings& own, dict::Tables& tables) {
    nexthop::TlsPolicies policies = nexthop::TlsPolicies::of(own, tables);
    if (!policies.none() && !own.text("_tls_session_cache_database").empty())
        options.tls_sessions = ipc::inherited_tls_sessions(own.all());
    if (!policies.none())
        options.tls = std::make_shared<tls::ClientContext>(own, options.tls_sessions.get());
    options.note_starttls_offer = own.flag("_tls_note_starttls_offer");
    options.block_early_reply = own.flag("_tls_block_early_mail_reply");
    options.log_tls_status = base::equal_nocase(own.text("_log_tls_feature_status"), "yes");
    options.plain_after = own.all().time("minimal_backoff_time");
    options.approaches =
        std::make_shared<Approaches>(std::move(policies), Logins::from(own, tables));
    options.approaches->heed(nexthop::RequireTlsPolicies::of(own, tables),
                             own.all().flag("tls_required_enable"));
}

}  // namespace

Options Options::from(const config::Settings& settings, std::string_view program,
                      std::string_view service, dict::Tables& tables) {
    Options options;
    options.lmtp = program == "lmtp";
    config::OwnSettings own(settings, program);
    options.myhostname = settings.text("myhostname");
    options.service = service;
    options.helo_name = own.text(options.lmtp ? "_lhlo_name" : "_helo_name");
    options.nexthop = nexthop::Options::from(own, service);
    auto policies = nexthop::FailoverPolicies::of(settings, service, tables);
    options.failover = std::make_shared<FailoverSettings>(policies.of_transport());
    if (policies.has_tables())
        options.policies = std::make_shared<nexthop::FailoverPolicies>(std::move(policies));
    options.reply_filter = std::make_shared<ReplyFilter>(settings, service, tables);
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
    options.login = LoginRules::from(own, tables);
    options.dummy_mail_auth = own.flag("_send_dummy_mail_auth");
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
    read_tls(options, own, tables);
    return options;
}

void Options::look_up_by(nexthop::NameService& names, const config::Settings& settings) {
    if (!tls || !approaches)
        return;
    config::OwnSettings own(settings, lmtp ? "lmtp" : "smtp");
    approaches->ask_for_tlsa(nexthop::Dane(
        nexthop::DaneSettings::from(own, nexthop.lookup), names.resolver(),
        [context = tls](const tls::Tlsa& record) { return context->usable(record); }));
}

}  // namespace smtp
