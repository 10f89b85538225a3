// The parameters of postscreen (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(time("dnsblog_reply_delay", "0s", 0, most_int, "an artificial delay of dnsblog")),
    not_built(word("dnsblog_service_name", "dnsblog", "the master.cf service that asks lists of DNS")),
    not_built(list("postscreen_access_list", "permit_mynetworks", "clients that are let through or refused for good")),
    not_built(list("postscreen_allowlist_interfaces", "${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}", "local addresses where a client can pass the tests")),
    not_built(text("postscreen_bare_newline_action", "ignore", "what becomes of a client that sends a bare LF")),
    not_built(flag("postscreen_bare_newline_enable", "no", "tests for a bare LF")),
    not_built(time("postscreen_bare_newline_ttl", "30d", 1, most_int, "how long that test's result holds")),
    not_built(time("postscreen_cache_cleanup_interval", "12h", 0, most_int, "how often expired results are removed")),
    not_built(text("postscreen_cache_map", "$default_cache_db_type:$data_directory/postscreen_cache", "the table that keeps results of tests")),
    not_built(time("postscreen_cache_retention_time", "7d", 1, most_int, "how long an expired result is kept")),
    not_built(number("postscreen_client_connection_count_limit", "$smtpd_client_connection_count_limit", 0, most_int, "connections of a client at a time")),
    not_built(number("postscreen_command_count_limit", "20", 1, most_int, "commands of a client in the built-in dialogue")),
    not_built(text("postscreen_command_filter", "", "tables that change commands of clients")),
    not_built(time("postscreen_command_time_limit", "${stress?{10}:{300}}s", 1, most_int, "how long a command may take")),
    not_built(text("postscreen_denylist_action", "${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}", "what becomes of a client refused by postscreen_access_list")),
    not_built(flag("postscreen_disable_vrfy_command", "$disable_vrfy_command", "refuses VRFY")),
    not_built(text("postscreen_discard_ehlo_keyword_address_maps", "$smtpd_discard_ehlo_keyword_address_maps", "tables of extensions left out, by client")),
    not_built(list("postscreen_discard_ehlo_keywords", "$smtpd_discard_ehlo_keywords", "extensions that the reply to EHLO leaves out")),
    not_built(text("postscreen_dnsbl_action", "ignore", "what becomes of a client that lists of DNS rate too high")),
    not_built(text("postscreen_dnsbl_allowlist_threshold", "${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}", "the rating that lets a client skip further tests")),
    not_built(time("postscreen_dnsbl_max_ttl", "${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h", 1, most_int, "the longest time that a rating holds")),
    not_built(time("postscreen_dnsbl_min_ttl", "60s", 1, most_int, "the least time that a rating holds")),
    not_built(text("postscreen_dnsbl_reply_map", "", "tables of the domain names shown in replies")),
    not_built(list("postscreen_dnsbl_sites", "", "lists of DNS with weights")),
    not_built(number("postscreen_dnsbl_threshold", "1", 1, most_int, "the rating from which a client is refused")),
    not_built(time("postscreen_dnsbl_timeout", "10s", 1, most_int, "how long to wait for lists of DNS")),
    not_built(flag("postscreen_enforce_tls", "$smtpd_enforce_tls", "an older form of postscreen_tls_security_level = encrypt")),
    raw(not_built(text("postscreen_expansion_filter", "$smtpd_expansion_filter", "characters allowed in expanded texts"))),
    not_built(text("postscreen_forbidden_commands", "$smtpd_forbidden_commands", "commands that end the session")),
    not_built(text("postscreen_greet_action", "ignore", "what becomes of a client that talks first")),
    not_built(text("postscreen_greet_banner", "$smtpd_banner", "the text of the first, incomplete greeting")),
    not_built(time("postscreen_greet_ttl", "1d", 1, most_int, "how long that test's result holds")),
    not_built(time("postscreen_greet_wait", "${stress?{2}:{6}}s", 1, most_int, "how long a client must wait for the greeting")),
    not_built(flag("postscreen_helo_required", "$smtpd_helo_required", "refuses MAIL before HELO or EHLO")),
    not_built(text("postscreen_non_smtp_command_action", "drop", "what becomes of a client that sends no SMTP")),
    not_built(flag("postscreen_non_smtp_command_enable", "no", "tests for commands that are not SMTP")),
    not_built(time("postscreen_non_smtp_command_ttl", "30d", 1, most_int, "how long that test's result holds")),
    not_built(text("postscreen_pipelining_action", "enforce", "what becomes of a client that does not wait for replies")),
    not_built(flag("postscreen_pipelining_enable", "no", "tests for commands sent ahead")),
    not_built(time("postscreen_pipelining_ttl", "30d", 1, most_int, "how long that test's result holds")),
    not_built(number("postscreen_post_queue_limit", "$default_process_limit", 0, most_int, "clients that wait for an smtpd process")),
    not_built(number("postscreen_pre_queue_limit", "$default_process_limit", 0, most_int, "clients in tests at a time")),
    raw(not_built(text("postscreen_reject_footer", "$smtpd_reject_footer", "text added to replies that refuse"))),
    not_built(text("postscreen_reject_footer_maps", "$smtpd_reject_footer_maps", "tables of text added to replies that refuse")),
    not_built(text("postscreen_tls_security_level", "$smtpd_tls_security_level", "whether TLS is offered or demanded")),
    not_built(text("postscreen_upstream_proxy_protocol", "", "the protocol of a proxy before postscreen")),
    not_built(time("postscreen_upstream_proxy_timeout", "5s", 1, most_int, "how long to wait for that proxy")),
    not_built(flag("postscreen_use_tls", "$smtpd_use_tls", "an older form of postscreen_tls_security_level = may")),
    not_built(time("postscreen_watchdog_timeout", "10s", 1, most_int, "how long a local lookup may take")),
};
// clang-format on

Rows postscreen_rows() {
    return rows;
}

}  // namespace config
