// The parameters of the SMTP server beyond the basic dialogue.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(flag("helpful_warnings", "yes", "warns of settings that cannot work")),
    not_built(list("local_login_sender_maps", "static:*", "tables of the senders that a local user may use")),
    not_built(list("qmqpd_authorized_clients", "", "clients of qmqpd")),
    not_built(flag("qmqpd_client_port_logging", "no", "logs the port of clients of qmqpd")),
    not_built(time("qmqpd_error_delay", "1s", 1, most_int, "the pause of qmqpd before the reply to an error")),
    not_built(time("qmqpd_timeout", "300s", 1, most_int, "how long a client of qmqpd may be silent")),
    not_built(text("smtpd_authorized_verp_clients", "$authorized_verp_clients", "clients that may ask for a sender of each recipient")),
    number("smtpd_client_auth_rate_limit", "0", 0, most_int, "AUTH commands of a client in anvil_rate_time_unit"),
    number("smtpd_client_ipv4_prefix_length", "32", 0, 32, "bits of an IPv4 address that tell clients apart"),
    number("smtpd_client_ipv6_prefix_length", "84", 0, 128, "bits of an IPv6 address that tell clients apart"),
    number("smtpd_client_new_tls_session_rate_limit", "0", 0, most_int, "new TLS sessions of a client in anvil_rate_time_unit"),
    moot(flag("smtpd_delay_open_until_valid_rcpt", "yes", "nothing is written before the content comes")),
    not_built(text("smtpd_dns_reply_filter", "", "tables that change answers of DNS")),
    not_built(flag("smtpd_hide_client_session", "no", "leaves the client out of Received:")),
    moot(number("smtpd_history_flush_threshold", "100", 0, most_int, "the dialogue is not kept")),
    list("smtpd_log_access_permit_actions", "", "permits that are logged"),
    not_built(text("smtpd_policy_service_default_action", "451 4.3.5 Server configuration problem", "what happens when a policy service does not answer")),
    not_built(time("smtpd_policy_service_max_idle", "300s", 1, most_int, "how long a connection to a policy service may be idle")),
    not_built(time("smtpd_policy_service_max_ttl", "1000s", 1, most_int, "how long a connection to a policy service is used")),
    not_built(text("smtpd_policy_service_policy_context", "", "a text sent to policy services")),
    not_built(number("smtpd_policy_service_request_limit", "0", 0, most_int, "requests over one connection; 0: no limit")),
    not_built(time("smtpd_policy_service_retry_delay", "1s", 1, most_int, "the pause before a request is made again")),
    not_built(time("smtpd_policy_service_timeout", "100s", 1, most_int, "how long to wait for a policy service")),
    not_built(number("smtpd_policy_service_try_limit", "2", 1, most_int, "tries of a request")),
    not_built(text("smtpd_proxy_ehlo", "$myhostname", "the name given to smtpd_proxy_filter")),
    not_built(list("smtpd_proxy_options", "", "how smtpd_proxy_filter is spoken to")),
    not_built(time("smtpd_proxy_timeout", "100s", 1, most_int, "how long to wait for smtpd_proxy_filter")),
    not_built(word("smtpd_service_name", "smtpd", "the master.cf service that postscreen hands clients to")),
    not_built(time("smtpd_upstream_proxy_timeout", "5s", 1, most_int, "how long to wait for the proxy before smtpd")),
    moot(text("stress", "", "meant for ${stress?{...}:{...}}, set for a service under load")),
    risky(list("permit_mx_backup_networks", "", "networks of main mail exchangers")),
    risky(text("smtpd_proxy_filter", "", "the filter that a session passes through")),
    risky(text("smtpd_upstream_proxy_protocol", "", "the protocol of a proxy before smtpd")),
    text("smtpd_command_filter", "", "tables that change the commands of clients"),
};
// clang-format on

Rows clients_rows() {
    return rows;
}

}  // namespace config
