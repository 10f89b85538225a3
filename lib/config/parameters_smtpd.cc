// The parameters of the SMTP server.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    text("smtpd_banner", "$myhostname ESMTP $mail_name", "the text of the greeting"),
    flag("smtpd_peername_lookup", "yes", "looks up the names of clients"),
    flag("smtpd_client_port_logging", "no", "logs the port of clients"),
    time("smtpd_timeout", "${stress?{10}:{300}}s", 1, most_int, "how long a client may be silent"),
    number("smtpd_recipient_limit", "1000", 1, most_int, "recipients accepted for one message"),
    number("smtpd_recipient_overshoot_limit", "1000", 1, most_int, "recipients over the limit until each counts as an error"),
    time("smtpd_error_sleep_time", "1s", 0, most_int, "the pause before the reply to an error"),
    number("smtpd_soft_error_limit", "10", 1, most_int, "errors of a client until it is slowed down"),
    number("smtpd_hard_error_limit", "${stress?{1}:{20}}", 1, most_int, "errors of a client until it is disconnected"),
    number("smtpd_junk_command_limit", "${stress?{1}:{100}}", 1, most_int, "NOOP, RSET, VRFY commands until each counts as an error"),
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
    list("smtpd_client_restrictions", "", "what is asked of clients"),
    list("smtpd_helo_restrictions", "", "what is asked of HELO names"),
    list("smtpd_sender_restrictions", "", "what is asked of senders"),
    list("smtpd_relay_restrictions", "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}", "who may relay where"),
    list("smtpd_recipient_restrictions", "", "what is asked of recipients"),
    list("smtpd_data_restrictions", "", "what is asked at DATA"),
    list("smtpd_end_of_data_restrictions", "", "what is asked after the content"),
    list("smtpd_etrn_restrictions", "", "what is asked of ETRN"),
    list("smtpd_restriction_classes", "", "names for lists of restrictions"),
    flag("smtpd_relay_before_recipient_restrictions", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}", "asks smtpd_relay_restrictions before smtpd_recipient_restrictions"),
    flag("smtpd_delay_reject", "yes", "refuses at RCPT what could be refused earlier"),
    number("reject_code", "554", 400, 599, "the reply code of reject"),
    number("defer_code", "450", 400, 499, "the reply code of defer"),
    number("access_map_reject_code", "554", 400, 599, "the reply code of REJECT in access tables"),
    number("access_map_defer_code", "450", 400, 499, "the reply code of DEFER in access tables"),
    number("relay_domains_reject_code", "554", 500, 599, "the reply code of reject_unauth_destination"),
    number("non_fqdn_reject_code", "504", 400, 599, "the reply code for names that are not complete"),
    number("invalid_hostname_reject_code", "501", 400, 599, "the reply code for HELO names that are none"),
    number("unknown_client_reject_code", "450", 400, 599, "the reply code for clients without a name"),
    number("unknown_hostname_reject_code", "450", 400, 599, "the reply code for HELO names that the DNS does not know"),
    number("unknown_address_reject_code", "450", 400, 599, "the reply code for domains that the DNS does not know"),
    number("unknown_local_recipient_reject_code", "550", 400, 599, "the reply code for unknown local recipients"),
    number("unknown_virtual_alias_reject_code", "550", 400, 599, "the reply code for unknown virtual aliases"),
    number("unknown_virtual_mailbox_reject_code", "550", 400, 599, "the reply code for unknown virtual mailboxes"),
    number("unknown_relay_recipient_reject_code", "550", 400, 599, "the reply code for unknown recipients in relay domains"),
    choice("reject_tempfail_action", "defer_if_permit", "defer_if_permit|defer", "what becomes of a refusal that nobody can look up now"),
    choice("unknown_address_tempfail_action", "$reject_tempfail_action", "defer_if_permit|defer", "the same for domains of addresses"),
    choice("unknown_helo_hostname_tempfail_action", "$reject_tempfail_action", "defer_if_permit|defer", "the same for HELO names"),
    flag("smtpd_reject_unlisted_recipient", "yes", "refuses unknown recipients"),
    flag("smtpd_reject_unlisted_sender", "no", "refuses unknown senders"),
    flag("show_user_unknown_table_name", "yes", "says which table does not have an address"),
    text("local_recipient_maps", "proxy:unix:passwd.byname $alias_maps", "tables of the local recipients"),
    text("relay_recipient_maps", "", "tables of the recipients in relay domains"),
    word("smtpd_null_access_lookup_key", "<>", "the key of the null sender in access tables"),
    list("parent_domain_matches_subdomains", "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps", "lists in which a domain stands for its subdomains too"),
    number("multi_recipient_bounce_reject_code", "550", 400, 599, "the reply code of reject_multi_recipient_bounce"),
    number("plaintext_reject_code", "450", 400, 599, "the reply code of reject_plaintext_session"),
    number("smtpd_client_connection_count_limit", "50", 0, most_int, "sessions of one client at a time; 0: any number"),
    number("smtpd_client_connection_rate_limit", "0", 0, most_int, "connections of a client in a unit of time; 0: any number"),
    number("smtpd_client_message_rate_limit", "0", 0, most_int, "messages of a client in a unit of time; 0: any number"),
    number("smtpd_client_recipient_rate_limit", "0", 0, most_int, "recipients of a client in a unit of time; 0: any number"),
    list("smtpd_client_event_limit_exceptions", "${smtpd_client_connection_limit_exceptions:$mynetworks}", "clients without such limits"),
    time("anvil_rate_time_unit", "60s", 1, most_int, "the unit of time in limits of clients"),
    time("anvil_status_update_time", "600s", 1, most_int, "the pause between lines of statistics"),
};
// clang-format on

Rows smtpd_rows() {
    return rows;
}

}  // namespace config
