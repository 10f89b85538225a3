// The parameters of the SMTP client.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    time("smtp_connect_timeout", "30s", 0, most_int, "how long to wait for a connection"),
    time("smtp_helo_timeout", "300s", 1, most_int, "how long to wait for the greeting and the reply to EHLO"),
    time("smtp_mail_timeout", "300s", 1, most_int, "how long to wait for the reply to MAIL"),
    time("smtp_rcpt_timeout", "300s", 1, most_int, "how long to wait for the reply to RCPT"),
    time("smtp_data_init_timeout", "120s", 1, most_int, "how long to wait for the reply to DATA"),
    time("smtp_data_xfer_timeout", "180s", 1, most_int, "how long a write of content may take"),
    time("smtp_data_done_timeout", "600s", 1, most_int, "how long to wait for the reply to the final dot"),
    time("smtp_rset_timeout", "20s", 1, most_int, "how long to wait for the reply to RSET"),
    time("smtp_quit_timeout", "300s", 1, most_int, "how long to wait for the reply to QUIT"),
    word("smtp_helo_name", "$myhostname", "the name given in EHLO and HELO"),
    text("smtp_bind_address", "", "the local IPv4 address of connections"),
    text("smtp_bind_address6", "", "the local IPv6 address of connections"),
    flag("smtp_skip_5xx_greeting", "yes", "takes a 5xx greeting for a server in trouble"),
    flag("smtp_skip_quit_response", "yes", "does not wait for the reply to QUIT"),
    flag("smtp_never_send_ehlo", "no", "sends HELO only"),
    list("smtp_discard_ehlo_keywords", "", "extensions of servers that are not used"),
    flag("smtp_connection_cache_on_demand", "yes", "uses a connection for several messages"),
    time("smtp_connection_cache_time_limit", "2s", 0, most_int, "how long a connection waits for more mail"),
    time("smtp_connection_reuse_time_limit", "300s", 0, most_int, "how long a connection is used"),
    number("smtp_connection_reuse_count_limit", "0", 0, most_int, "how often a connection is used again; 0: no limit"),
    number("smtp_line_length_limit", "998", 0, most_int, "the longest line sent; 0: no limit"),
    list("smtp_fallback_relay", "$fallback_relay", "relays for mail that its destination did not take"),
    choice("smtp_dns_support_level", "", "|disabled|enabled|dnssec", "how much of DNS is used"),
    flag("smtp_cname_overrides_servername", "no", "calls servers by the names that their CNAMEs point to"),
    list("smtp_dns_resolver_options", "", "which names are looked for in the domains of resolv.conf"),
    flag("disable_dns_lookups", "no", "never asks DNS for mail exchangers"),
    choice("smtp_address_preference", "any", "any|ipv4|ipv6", "the address family tried first"),
    flag("smtp_balance_inet_protocols", "yes", "keeps both address families among the addresses tried"),
    flag("smtp_randomize_addresses", "yes", "tries addresses of equal preference in any order"),
    number("smtp_mx_address_limit", "5", 0, most_int, "addresses of a destination that are tried"),
    number("smtp_mx_session_limit", "2", 0, most_int, "sessions of one destination"),
    word("smtp_tcp_port", "smtp", "the port of a destination that names none"),
    flag("ignore_mx_lookup_error", "no", "delivers to the domain when the MX lookup fails"),
    flag("smtp_defer_if_no_mx_address_found", "no", "keeps mail when no mail exchanger has an address"),
    flag("smtp_per_request_deadline", "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}", "makes the time limit of content hold for all of it"),
    number("smtp_min_data_rate", "500", 1, most_int, "the least speed under smtp_per_request_deadline"),
    flag("smtp_bind_address_enforce", "no", "keeps mail when the local address cannot be used"),
    flag("smtp_quote_rfc821_envelope", "yes", "quotes local parts in MAIL and RCPT"),
    flag("smtp_always_send_ehlo", "yes", "sends EHLO to servers that do not greet with ESMTP"),
    list("known_tcp_ports", "lmtp=24, smtp=25, smtps=submissions=465, submission=587", "ports of services, before the services file"),
    list("proxy_interfaces", "", "addresses of this machine that a proxy or router in front of it listens on"),
    flag("disable_mime_output_conversion", "no", "never converts 8-bit content for delivery"),
    text("smtp_discard_ehlo_keyword_address_maps", "", "tables of extensions not used, by server"),
    list("use_srv_lookup", "", "services that are looked up by SRV"),
    flag("allow_srv_lookup_fallback", "no", "goes on to MX when there is no SRV record"),
    flag("ignore_srv_lookup_error", "no", "goes on to MX when the SRV lookup fails"),
    flag("smtp_srv_lookup", "no", "looks up configured relays without a port by SRV records of submission"),
    flag("smtp_try_null_mx_list", "no", "goes to the host of that name where a domain's exchangers are unknown or ourselves"),
    text("smtp_generic_maps", "", "tables that rewrite addresses of outgoing mail"),
    risky(text("smtp_header_checks", "", "tables that change headers of outgoing mail")),
    risky(text("smtp_body_checks", "", "tables that change the body of outgoing mail")),
    risky(text("smtp_reply_filter", "", "tables that change the replies of servers")),
    not_built(list("smtp_connection_cache_destinations", "", "destinations whose connections are kept")),
    not_built(list("smtp_host_lookup", "dns", "how names of servers are looked up")),
    flag("smtp_send_xforward_command", "no", "tells servers about the client"),
    time("smtp_xforward_timeout", "300s", 1, most_int, "how long to wait for the reply to XFORWARD"),
    risky(text("smtp_mime_header_checks", "", "tables that change MIME headers of outgoing mail")),
    risky(text("smtp_nested_header_checks", "", "tables that change headers of attached messages")),
};
// clang-format on

Rows smtp_rows() {
    return rows;
}

}  // namespace config
