// The parameters of address probes (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(time("address_verify_cache_cleanup_interval", "12h", 1, most_int, "how often expired results of probes are removed")),
    not_built(text("address_verify_default_transport", "$default_transport", "default_transport for probes")),
    not_built(text("address_verify_local_transport", "$local_transport", "local_transport for probes")),
    not_built(text("address_verify_map", "$default_cache_db_type:$data_directory/verify_cache", "the table that keeps results of probes")),
    not_built(flag("address_verify_negative_cache", "yes", "keeps results of failed probes too")),
    not_built(time("address_verify_negative_expire_time", "3d", 1, most_int, "when a failed probe is forgotten")),
    not_built(time("address_verify_negative_refresh_time", "3h", 1, most_int, "when a failed probe is made again")),
    not_built(number("address_verify_pending_request_limit", "5000", 1, most_int, "probes waiting in the queue at a time")),
    not_built(number("address_verify_poll_count", "${stress?{1}:{3}}", 1, most_int, "how often smtpd asks for the result of a probe")),
    not_built(time("address_verify_poll_delay", "3s", 1, most_int, "the pause between such questions")),
    not_built(time("address_verify_positive_expire_time", "31d", 1, most_int, "when a successful probe is forgotten")),
    not_built(time("address_verify_positive_refresh_time", "7d", 1, most_int, "when a successful probe is made again")),
    not_built(text("address_verify_relay_transport", "$relay_transport", "relay_transport for probes")),
    not_built(text("address_verify_relayhost", "$relayhost", "relayhost for probes")),
    not_built(text("address_verify_sender", "$double_bounce_sender", "the sender of probes")),
    not_built(text("address_verify_sender_dependent_default_transport_maps", "$sender_dependent_default_transport_maps", "sender_dependent_default_transport_maps for probes")),
    not_built(text("address_verify_sender_dependent_relayhost_maps", "$sender_dependent_relayhost_maps", "sender_dependent_relayhost_maps for probes")),
    not_built(time("address_verify_sender_ttl", "0s", 0, most_int, "how often the sender of probes changes; 0: never")),
    not_built(word("address_verify_service_name", "verify", "the master.cf service of probes")),
    not_built(text("address_verify_transport_maps", "$transport_maps", "transport_maps for probes")),
    not_built(text("address_verify_virtual_transport", "$virtual_transport", "virtual_transport for probes")),
    not_built(number("unverified_recipient_defer_code", "450", 200, 599, "the reply code when a recipient's probe has no result")),
    not_built(number("unverified_recipient_reject_code", "450", 200, 599, "the reply code when a recipient's probe failed")),
    not_built(text("unverified_recipient_reject_reason", "", "the text of that reply in place of the probe's")),
    not_built(text("unverified_recipient_tempfail_action", "$reject_tempfail_action", "what happens while a recipient's probe is in trouble")),
    not_built(number("unverified_sender_defer_code", "450", 200, 599, "the reply code when a sender's probe has no result")),
    not_built(number("unverified_sender_reject_code", "450", 200, 599, "the reply code when a sender's probe failed")),
    not_built(text("unverified_sender_reject_reason", "", "the text of that reply in place of the probe's")),
    not_built(text("unverified_sender_tempfail_action", "$reject_tempfail_action", "what happens while a sender's probe is in trouble")),
};
// clang-format on

Rows verify_rows() {
    return rows;
}

}  // namespace config
