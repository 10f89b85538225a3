// The parameters of what is not built yet in the SMTP server.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    risky(list("permit_mx_backup_networks", "", "networks of main mail exchangers")),
    risky(text("smtpd_milters", "", "mail filters for mail that comes by SMTP")),
    risky(text("smtpd_milter_maps", "", "tables of mail filters by client")),
    risky(text("smtpd_proxy_filter", "", "the filter that a session passes through")),
    risky(text("smtpd_upstream_proxy_protocol", "", "the protocol of a proxy before smtpd")),
    risky(text("smtpd_command_filter", "", "tables that change the commands of clients")),
    risky(list("receive_override_options", "", "what is not done to a message")),
    not_built(flag("smtpd_per_request_deadline", "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}", "makes time limits hold for a whole request")),
    not_built(number("smtpd_min_data_rate", "500", 1, most_int, "the least speed under smtpd_per_request_deadline")),
    text("smtpd_discard_ehlo_keyword_address_maps", "", "tables of extensions left out, by client"),
    list("local_header_rewrite_clients", "permit_inet_interfaces", "clients whose headers are completed"),
    risky(flag("smtpd_sasl_auth_enable", "no", "lets clients log in")),
    not_built(text("smtpd_sasl_type", "cyrus", "the library that checks passwords")),
    not_built(text("smtpd_sasl_path", "smtpd", "where that library finds its data")),
    not_built(list("smtpd_sasl_security_options", "noanonymous", "what a mechanism must offer")),
    not_built(list("smtpd_sasl_tls_security_options", "$smtpd_sasl_security_options", "what a mechanism must offer under TLS")),
    not_built(text("smtpd_sasl_local_domain", "", "the domain of user names")),
    not_built(flag("smtpd_sasl_authenticated_header", "no", "names the user in Received:")),
    not_built(text("smtpd_sender_login_maps", "", "tables of the users that own a sender")),
    not_built(flag("broken_sasl_auth_clients", "no", "offers AUTH in an old form too")),
    risky(choice("smtpd_tls_security_level", "", "|none|may|encrypt", "whether TLS is offered or demanded"), "|none|may"),
    risky(flag("smtpd_enforce_tls", "no", "an older form of smtpd_tls_security_level = encrypt")),
    not_built(flag("smtpd_use_tls", "no", "an older form of smtpd_tls_security_level = may")),
    risky(flag("smtpd_tls_wrappermode", "no", "TLS from the first byte")),
    not_built(flag("smtpd_tls_auth_only", "no", "lets clients log in under TLS only")),
    risky(flag("smtpd_tls_req_ccert", "no", "demands a certificate of clients")),
    not_built(flag("smtpd_tls_ask_ccert", "no", "asks for a certificate of clients")),
    not_built(text("smtpd_tls_cert_file", "", "the server's certificate")),
    not_built(text("smtpd_tls_key_file", "$smtpd_tls_cert_file", "the server's key")),
    not_built(list("smtpd_tls_chain_files", "", "the server's keys with certificates")),
    not_built(text("smtpd_tls_CAfile", "", "the file of trusted certificate authorities")),
    not_built(text("smtpd_tls_CApath", "", "the directory of trusted certificate authorities")),
    not_built(text("smtpd_tls_loglevel", "0", "how much of TLS is logged")),
    not_built(flag("smtpd_tls_received_header", "no", "names the TLS session in Received:")),
    not_built(text("smtpd_tls_session_cache_database", "", "the table of TLS sessions")),
    not_built(text("smtpd_tls_mandatory_protocols", ">=TLSv1", "TLS versions where TLS is demanded")),
    not_built(text("smtpd_tls_protocols", ">=TLSv1", "TLS versions where TLS is not demanded")),
    not_built(text("smtpd_tls_mandatory_ciphers", "medium", "ciphers where TLS is demanded")),
    not_built(text("smtpd_tls_ciphers", "medium", "ciphers where TLS is not demanded")),
    not_built(text("smtpd_tls_dh1024_param_file", "", "the parameters of key exchange")),
};
// clang-format on

Rows later_smtpd_rows() {
    return rows;
}

}  // namespace config
