// The parameters of what a message may be and what is added to it.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    size("message_size_limit", "10240000", 0, most, "the longest message accepted; 0: no limit"),
    size("queue_minfree", "0", 0, most, "free bytes below which mail is refused"),
    number("line_length_limit", "2048", 512, 1048576, "the longest line of a queue file"),
    number("hopcount_limit", "50", 1, most_int, "Received: headers at which a message is taken to loop"),
    flag("always_add_missing_headers", "no", "adds From:, Date: and Message-ID: for remote clients too"),
    text("undisclosed_recipients_header", "", "the header added to a message that names no recipient"),
    list("message_drop_headers", "bcc, content-length, resent-bcc, return-path", "headers that are removed from incoming mail"),
    flag("cleanup_replace_stray_cr_lf", "yes", "replaces a CR or LF on its own by a space"),
    flag("enable_long_queue_ids", "no", "queue IDs that are never used again"),
    not_built(text("full_name_encoding_charset", "utf-8", "the character set of full names in From:")),
    not_built(choice("header_from_format", "standard", "standard|obsolete", "the form of a From: header that is added")),
    not_built(choice("sendmail_fix_line_endings", "always", "always|strict|never", "whether sendmail turns CRLF into LF")),
};
// clang-format on

Rows message_rows() {
    return rows;
}

}  // namespace config
