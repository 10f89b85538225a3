// The parameters of what is not built yet in the SMTP client and the scheduler.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    risky(choice("smtp_tls_security_level", "${{$compatibility_level} <level {3.11} ? {} : {may}}", "|none|may|encrypt|dane|dane-only|fingerprint|verify|secure", "whether TLS is used or demanded"), "|none|may"),
    risky(flag("smtp_enforce_tls", "no", "an older form of smtp_tls_security_level = encrypt")),
    not_built(flag("smtp_use_tls", "no", "an older form of smtp_tls_security_level = may")),
    risky(flag("smtp_tls_wrappermode", "no", "TLS from the first byte")),
    risky(text("smtp_tls_policy_maps", "", "tables that give the TLS policy of a destination")),
    risky(text("smtp_tls_per_site", "", "an older form of smtp_tls_policy_maps")),
    not_built(text("smtp_tls_CAfile", "", "the file of trusted certificate authorities")),
    not_built(text("smtp_tls_CApath", "", "the directory of trusted certificate authorities")),
    not_built(text("smtp_tls_cert_file", "", "the client's certificate")),
    not_built(text("smtp_tls_key_file", "$smtp_tls_cert_file", "the client's key")),
    not_built(list("smtp_tls_chain_files", "", "the client's keys with certificates")),
    not_built(text("smtp_tls_loglevel", "0", "how much of TLS is logged")),
    not_built(text("smtp_tls_session_cache_database", "", "the table of TLS sessions")),
    not_built(text("smtp_tls_mandatory_protocols", ">=TLSv1", "TLS versions where TLS is demanded")),
    not_built(text("smtp_tls_protocols", ">=TLSv1", "TLS versions where TLS is not demanded")),
    not_built(text("smtp_tls_mandatory_ciphers", "medium", "ciphers where TLS is demanded")),
    not_built(text("smtp_tls_ciphers", "medium", "ciphers where TLS is not demanded")),
    not_built(flag("smtp_tls_note_starttls_offer", "no", "logs servers that offer TLS")),
    risky(flag("smtp_sasl_auth_enable", "no", "logs in to servers")),
    not_built(text("smtp_sasl_password_maps", "", "tables of user names and passwords")),
    not_built(list("smtp_sasl_security_options", "noplaintext, noanonymous", "what a mechanism must offer")),
    not_built(list("smtp_sasl_tls_security_options", "$smtp_sasl_security_options", "what a mechanism must offer under TLS")),
    not_built(text("smtp_sasl_mechanism_filter", "", "mechanisms that may be used")),
    not_built(text("smtp_sasl_type", "cyrus", "the library that logs in")),
    risky(flag("smtp_sender_dependent_authentication", "no", "logs in as the sender")),
    risky(text("smtp_generic_maps", "", "tables that rewrite addresses of outgoing mail")),
    risky(text("smtp_header_checks", "", "tables that change headers of outgoing mail")),
    risky(text("smtp_body_checks", "", "tables that change the body of outgoing mail")),
    risky(text("smtp_reply_filter", "", "tables that change the replies of servers")),
    risky(text("best_mx_transport", "", "the transport of mail that this machine is mail exchanger of")),
    risky(text("default_delivery_status_filter", "", "tables that change delivery status codes")),
    not_built(list("smtp_connection_cache_destinations", "", "destinations whose connections are kept")),
    not_built(list("smtp_host_lookup", "dns", "how names of servers are looked up")),
    not_built(flag("smtp_send_xforward_command", "no", "tells servers about the client")),
    not_built(number("default_delivery_slot_cost", "5", 0, most_int, "deliveries a message makes until another may go before it")),
    not_built(number("default_delivery_slot_discount", "50", 0, 100, "percent of slots forgiven")),
    not_built(number("default_delivery_slot_loan", "3", 0, most_int, "slots lent")),
    not_built(number("default_minimum_delivery_slots", "3", 0, most_int, "the shortest message that others may go before")),
    risky(time("default_destination_rate_delay", "0s", 0, most_int, "the pause between deliveries to a destination")),
    risky(time("default_transport_rate_delay", "0s", 0, most_int, "the pause between deliveries of a transport")),
    not_built(number("default_extra_recipient_limit", "1000", 0, most_int, "recipients in memory beyond the limit")),
    not_built(number("default_recipient_limit", "20000", 0, most_int, "recipients in memory of a transport")),
    not_built(time("default_recipient_refill_delay", "5s", 1, most_int, "the time between reads of recipients")),
    not_built(number("default_recipient_refill_limit", "100", 1, most_int, "recipients read at a time")),
    not_built(number("local_destination_concurrency_limit", "2", 0, most_int, "deliveries to a local user at a time")),
    not_built(number("local_destination_recipient_limit", "1", 0, most_int, "recipients of a local delivery")),
    risky(text("smtp_mime_header_checks", "", "tables that change MIME headers of outgoing mail")),
    risky(text("smtp_nested_header_checks", "", "tables that change headers of attached messages")),
};
// clang-format on

Rows later_smtp_rows() {
    return rows;
}

}  // namespace config
