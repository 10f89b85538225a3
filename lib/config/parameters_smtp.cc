// The parameters of the SMTP client.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    time("smtp_connect_timeout", "30s", 0, most_int, "how long to wait for a connection"),
    time("smtp_helo_timeout", "300s", 1, most_int, "how long to wait for the greeting and the reply to EHLO"),
    time("smtp_mail_timeout", "300s", 1, most_int, "how long to wait for the reply to MAIL"),
    time("smtp_rcpt_timeout", "300s", 1, most_int, "how long to wait for the reply to RCPT"),
    time("smtp_data_init_timeout", "120s", 1, most_int, "how long to wait for the reply to DATA"),
    time("smtp_data_xfer_timeout", "180s", 1, most_int, "how long a write of content may take"),
    time("smtp_data_done_timeout", "600s", 1, most_int, "how long to wait for the reply to the final dot"),
    time("smtp_rset_timeout", "20s", 1, most_int, "how long to wait for the reply to RSET"),
    time("smtp_quit_timeout", "300s", 1, most_int, "how long to wait for the reply to QUIT"),
    word("smtp_helo_name", "$myhostname", "the name given in EHLO and HELO"),
    text("smtp_bind_address", "", "the local IPv4 address of connections"),
    text("smtp_bind_address6", "", "the local IPv6 address of connections"),
    flag("smtp_skip_5xx_greeting", "yes", "takes a 5xx greeting for a server in trouble"),
    flag("smtp_skip_quit_response", "yes", "does not wait for the reply to QUIT"),
    flag("smtp_never_send_ehlo", "no", "sends HELO only"),
    list("smtp_discard_ehlo_keywords", "", "extensions of servers that are not used"),
    flag("smtp_connection_cache_on_demand", "yes", "uses a connection for several messages"),
    time("smtp_connection_cache_time_limit", "2s", 0, most_int, "how long a connection waits for more mail"),
    time("smtp_connection_reuse_time_limit", "300s", 0, most_int, "how long a connection is used"),
    number("smtp_connection_reuse_count_limit", "0", 0, most_int, "messages over one connection; 0: no limit"),
    number("smtp_line_length_limit", "998", 0, most_int, "the longest line sent; 0: no limit"),
};
// clang-format on

Rows smtp_rows() {
    return rows;
}

}  // namespace config
