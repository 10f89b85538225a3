// The parameters of logging in, on both sides.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    text("cyrus_sasl_config_path", "", "where the Cyrus library finds its files"),
    flag("send_cyrus_sasl_authzid", "no", "sends an authorization name"),
    moot(text("smtp_sasl_auth_cache_name", "", "refused logins are remembered with the health of relays")),
    moot(time("smtp_sasl_auth_cache_time", "90d", 0, most_int, "a refused login is tried again after an hour at most")),
    flag("smtp_sasl_auth_soft_bounce", "yes", "keeps mail when a login is refused for good"),
    text("smtp_sasl_password_result_delimiter", ":", "what separates user name and password in smtp_sasl_password_maps"),
    moot(text("smtp_sasl_path", "", "where the library that logs in finds its data")),
    list("smtp_sasl_tls_verified_security_options", "$smtp_sasl_tls_security_options", "what a mechanism must offer under TLS with a verified server"),
    flag("smtp_send_dummy_mail_auth", "no", "sends AUTH=<> in MAIL after a login"),
    list("smtpd_sasl_exceptions_networks", "", "clients that are not offered AUTH"),
    list("smtpd_sasl_mechanism_filter", "!external, static:rest", "mechanisms that are offered"),
    number("smtpd_sasl_queue_limit", "1000", 1, most_int, "logins of one process that wait for the Cyrus library"),
    number("smtpd_sasl_threads", "4", 1, 1000, "logins of one process that the Cyrus library works on at a time"),
    time("smtpd_sasl_time_limit", "30s", 1, most_int, "how long the service that checks passwords may take for one step"),
    number("smtpd_sasl_response_limit", "12288", 12288, most_int, "the longest line of a login"),
    text("smtpd_sasl_service", "smtp", "the service name given to the library that checks passwords"),
    flag("smtp_sasl_auth_enable", "no", "logs in to servers"),
    text("smtp_sasl_password_maps", "", "tables of user names and passwords"),
    list("smtp_sasl_security_options", "noplaintext, noanonymous", "what a mechanism must offer"),
    list("smtp_sasl_tls_security_options", "$smtp_sasl_security_options", "what a mechanism must offer under TLS"),
    text("smtp_sasl_token_maps", "", "tables of user names and where their tokens come from"),
    time("smtp_sasl_token_command_time_limit", "30s", 1, most_int, "how long a command may take to give a token"),
    time("smtp_sasl_token_refresh_margin", "60s", 0, most_int, "how long before its end a token is renewed"),
    time("smtp_sasl_token_default_lifetime", "300s", 1, most_int, "how long a command's token is used whose end is unknown"),
    number("smtp_sasl_token_size_limit", "65536", 256, most_int, "bytes that a token's file or command may give"),
    text("smtp_sasl_mechanism_filter", "", "mechanisms that may be used"),
    moot(text("smtp_sasl_type", "cyrus", "the library that logs in")),
    flag("smtp_sender_dependent_authentication", "no", "logs in as the sender"),
    flag("smtpd_sasl_auth_enable", "no", "lets clients log in"),
    text("smtpd_sasl_type", "cyrus", "the library that checks passwords"),
    text("smtpd_sasl_path", "smtpd", "where that library finds its data"),
    list("smtpd_sasl_security_options", "noanonymous", "what a mechanism must offer"),
    list("smtpd_sasl_tls_security_options", "$smtpd_sasl_security_options", "what a mechanism must offer under TLS"),
    text("smtpd_sasl_local_domain", "", "the domain of user names"),
    flag("smtpd_sasl_authenticated_header", "no", "names the user in Received:"),
    text("smtpd_sender_login_maps", "", "tables of the users that own a sender"),
    flag("broken_sasl_auth_clients", "no", "offers AUTH in an old form too"),
};
// clang-format on

Rows sasl_rows() {
    return rows;
}

}  // namespace config
