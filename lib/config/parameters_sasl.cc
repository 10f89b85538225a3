// The parameters of logging in, on both sides (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(text("cyrus_sasl_config_path", "", "where the Cyrus library finds its files")),
    not_built(flag("send_cyrus_sasl_authzid", "no", "sends an authorization name")),
    not_built(text("smtp_sasl_auth_cache_name", "", "the table of failed logins")),
    not_built(time("smtp_sasl_auth_cache_time", "90d", 0, most_int, "how long a failed login is remembered")),
    not_built(flag("smtp_sasl_auth_soft_bounce", "yes", "keeps mail when a login is refused for good")),
    not_built(text("smtp_sasl_password_result_delimiter", ":", "what separates user name and password in smtp_sasl_password_maps")),
    not_built(text("smtp_sasl_path", "", "where the library that logs in finds its data")),
    not_built(list("smtp_sasl_tls_verified_security_options", "$smtp_sasl_tls_security_options", "what a mechanism must offer under TLS with a verified server")),
    not_built(flag("smtp_send_dummy_mail_auth", "no", "sends AUTH=<> in MAIL after a login")),
    not_built(list("smtpd_sasl_exceptions_networks", "", "clients that are not offered AUTH")),
    not_built(list("smtpd_sasl_mechanism_filter", "!external, static:rest", "mechanisms that are offered")),
    not_built(number("smtpd_sasl_response_limit", "12288", 12288, most_int, "the longest line of a login")),
    not_built(text("smtpd_sasl_service", "smtp", "the service name given to the library that checks passwords")),
    risky(flag("smtp_sasl_auth_enable", "no", "logs in to servers")),
    not_built(text("smtp_sasl_password_maps", "", "tables of user names and passwords")),
    not_built(list("smtp_sasl_security_options", "noplaintext, noanonymous", "what a mechanism must offer")),
    not_built(list("smtp_sasl_tls_security_options", "$smtp_sasl_security_options", "what a mechanism must offer under TLS")),
    not_built(text("smtp_sasl_mechanism_filter", "", "mechanisms that may be used")),
    not_built(text("smtp_sasl_type", "cyrus", "the library that logs in")),
    risky(flag("smtp_sender_dependent_authentication", "no", "logs in as the sender")),
    risky(flag("smtpd_sasl_auth_enable", "no", "lets clients log in")),
    not_built(text("smtpd_sasl_type", "cyrus", "the library that checks passwords")),
    not_built(text("smtpd_sasl_path", "smtpd", "where that library finds its data")),
    not_built(list("smtpd_sasl_security_options", "noanonymous", "what a mechanism must offer")),
    not_built(list("smtpd_sasl_tls_security_options", "$smtpd_sasl_security_options", "what a mechanism must offer under TLS")),
    not_built(text("smtpd_sasl_local_domain", "", "the domain of user names")),
    not_built(flag("smtpd_sasl_authenticated_header", "no", "names the user in Received:")),
    not_built(text("smtpd_sender_login_maps", "", "tables of the users that own a sender")),
    not_built(flag("broken_sasl_auth_clients", "no", "offers AUTH in an old form too")),
};
// clang-format on

Rows sasl_rows() {
    return rows;
}

}  // namespace config
