// The parameters of what a message may be and what is added to it.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    size("message_size_limit", "10240000", 0, most, "the longest message accepted; 0: no limit"),
    size("queue_minfree", "0", 0, most, "free bytes below which mail is refused"),
    number("line_length_limit", "2048", 512, 1048576, "the longest line of a queue file"),
    not_built(size("header_size_limit", "102400", 1, most_int, "the longest header")),
    number("hopcount_limit", "50", 1, most_int, "Received: headers at which a message is taken to loop"),
    flag("always_add_missing_headers", "no", "adds From:, Date: and Message-ID: for remote clients too"),
    text("undisclosed_recipients_header", "", "the header added to a message that names no recipient"),
    list("message_drop_headers", "bcc, content-length, resent-bcc, return-path", "headers that are removed from incoming mail"),
    flag("cleanup_replace_stray_cr_lf", "yes", "replaces a CR or LF on its own by a space"),
    flag("enable_long_queue_ids", "no", "queue IDs that are never used again"),
};
// clang-format on

Rows message_rows() {
    return rows;
}

}  // namespace config
