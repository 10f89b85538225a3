// The parameters of mail filters that speak the Sendmail protocol (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(text("internal_mail_filter_classes", "", "mail of our own that filters see")),
    not_built(time("milter_command_timeout", "30s", 1, most_int, "how long a filter may take for a command")),
    not_built(text("milter_connect_macros", "j {daemon_name} {daemon_addr} v _", "macros sent at the connection")),
    not_built(time("milter_connect_timeout", "30s", 1, most_int, "how long to wait for a filter's connection")),
    not_built(time("milter_content_timeout", "300s", 1, most_int, "how long a filter may take for the content")),
    not_built(text("milter_data_macros", "i", "macros sent at DATA")),
    not_built(text("milter_end_of_data_macros", "i", "macros sent after the content")),
    not_built(text("milter_end_of_header_macros", "i", "macros sent after the header")),
    not_built(text("milter_helo_macros", "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}", "macros sent at HELO")),
    not_built(text("milter_macro_daemon_name", "$myhostname", "the value of the macro {daemon_name}")),
    not_built(text("milter_macro_defaults", "", "values of macros that have none")),
    not_built(text("milter_macro_v", "$mail_name $mail_version", "the value of the macro v")),
    not_built(text("milter_mail_macros", "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}", "macros sent at MAIL")),
    not_built(text("milter_rcpt_macros", "i {rcpt_addr} {rcpt_host} {rcpt_mailer}", "macros sent at RCPT")),
    not_built(text("milter_unknown_command_macros", "", "macros sent for unknown commands")),
    risky(text("non_smtpd_milters", "", "mail filters for mail that does not come by SMTP")),
    not_built(choice("milter_default_action", "shutdown", "accept|reject|tempfail|quarantine|shutdown", "what happens when a mail filter fails")),
    not_built(text("milter_protocol", "6", "the protocol of mail filters")),
    risky(text("milter_header_checks", "", "tables that judge headers made by mail filters")),
    risky(text("smtpd_milters", "", "mail filters for mail that comes by SMTP")),
    risky(text("smtpd_milter_maps", "", "tables of mail filters by client")),
};
// clang-format on

Rows milter_rows() {
    return rows;
}

}  // namespace config
