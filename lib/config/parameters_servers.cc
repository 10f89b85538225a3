// The parameters of the SMTP client beyond the basic dialogue.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(flag("dns_ncache_ttl_fix_enable", "no", "reads the time limit of a negative answer of DNS from the packet")),
    text("dnssec_probe", "ns:.", "the lookup that shows whether DNSSEC is checked"),
    not_built(flag("lmtp_assume_final", "no", "reports LMTP deliveries as final")),
    not_built(choice("smtp_address_verify_target", "rcpt", "rcpt|data", "the command at which a probe ends")),
    not_built(text("smtp_delivery_status_filter", "$default_delivery_status_filter", "tables that change delivery status codes of the client")),
    not_built(text("smtp_dns_reply_filter", "", "tables that change answers of DNS")),
    list("smtp_log_tls_feature_status", "${{$compatibility_level} <level {3.11} ? {no} : {yes}}", "logs the TLS policy of deliveries"),
    not_built(time("smtp_pix_workaround_delay_time", "10s", 1, most_int, "the pause before the final dot behind a PIX")),
    not_built(text("smtp_pix_workaround_maps", "", "tables of smtp_pix_workarounds by server")),
    not_built(time("smtp_pix_workaround_threshold_time", "500s", 0, most_int, "the age of mail at which smtp_pix_workarounds begin")),
    not_built(list("smtp_pix_workarounds", "disable_esmtp,delay_dotcrlf", "what is done about servers behind a PIX")),
    not_built(number("tcp_windowsize", "0", 0, most_int, "the TCP window of connections; 0: the system's")),
};
// clang-format on

Rows servers_rows() {
    return rows;
}

}  // namespace config
