// The parameters of the SMTP server.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    text("smtpd_banner", "$myhostname ESMTP $mail_name", "the text of the greeting"),
    flag("smtpd_peername_lookup", "yes", "looks up the names of clients"),
    flag("smtpd_client_port_logging", "no", "logs the port of clients"),
    time("smtpd_timeout", "300s", 1, most_int, "how long a client may be silent"),
    number("smtpd_recipient_limit", "1000", 1, most_int, "recipients accepted for one message"),
    number("smtpd_recipient_overshoot_limit", "1000", 1, most_int, "recipients over the limit until each counts as an error"),
    time("smtpd_error_sleep_time", "1s", 0, most_int, "the pause before the reply to an error"),
    number("smtpd_soft_error_limit", "10", 1, most_int, "errors of a client until it is slowed down"),
    number("smtpd_hard_error_limit", "20", 1, most_int, "errors of a client until it is disconnected"),
    number("smtpd_junk_command_limit", "100", 1, most_int, "NOOP, RSET, VRFY commands until each counts as an error"),
    flag("smtpd_helo_required", "no", "refuses MAIL before HELO or EHLO"),
    flag("disable_vrfy_command", "no", "refuses VRFY"),
    flag("strict_rfc821_envelopes", "no", "refuses addresses in MAIL and RCPT without <>"),
    list("smtpd_discard_ehlo_keywords", "", "extensions that the reply to EHLO leaves out"),
    list("smtpd_noop_commands", "", "commands that are answered like NOOP"),
    list("smtpd_forbidden_commands", "CONNECT GET POST", "commands that end the session"),
    choice("smtpd_forbid_bare_newline", "normalize", "normalize|yes|note|reject|no", "what becomes of a bare LF in content"),
    number("smtpd_forbid_bare_newline_reject_code", "550", 400, 599, "the reply code of a message refused for a bare LF"),
    list("smtpd_forbid_bare_newline_exclusions", "$mynetworks", "clients that smtpd_forbid_bare_newline does not hold for"),
    flag("smtpd_forbid_unauth_pipelining", "yes", "refuses commands sent before they may be"),
    not_built(number("smtpd_client_connection_count_limit", "50", 0, most_int, "sessions of one client at a time")),
};
// clang-format on

Rows smtpd_rows() {
    return rows;
}

}  // namespace config
