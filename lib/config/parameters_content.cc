// The parameters of what is looked for in content: checks, MIME, filters.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    risky(text("header_checks", "", "tables that judge headers")),
    risky(text("mime_header_checks", "$header_checks", "tables that judge MIME headers")),
    risky(text("nested_header_checks", "$header_checks", "tables that judge headers of attached messages")),
    risky(text("body_checks", "", "tables that judge lines of the body")),
    text("content_filter", "", "the filter that all mail passes through"),
    risky(text("message_reject_characters", "", "characters that make a message be refused")),
    risky(text("message_strip_characters", "", "characters that are removed from content")),
    risky(flag("strict_7bit_headers", "no", "refuses headers beyond ASCII")),
    risky(flag("strict_8bitmime", "no", "refuses 8-bit content that is not announced")),
    risky(flag("strict_8bitmime_body", "no", "refuses 8-bit bodies that are not announced")),
    risky(flag("strict_mime_encoding_domain", "no", "refuses wrong encodings of attached messages")),
    text("default_filter_nexthop", "", "the next hop of content_filter when it names none"),
    list("receive_override_options", "", "what is not done to a message"),
    not_built(size("header_size_limit", "102400", 1, most_int, "the longest header")),
    not_built(number("body_checks_size_limit", "51200", 0, most_int, "how much of a body part body_checks see")),
    not_built(flag("detect_8bit_encoding_header", "yes", "believes a Content-Transfer-Encoding: header about 8-bit content")),
    not_built(flag("disable_mime_input_processing", "no", "takes incoming content without looking at MIME")),
    not_built(flag("force_mime_input_conversion", "no", "converts 8-bit content when mail comes in")),
    not_built(number("header_address_token_limit", "10240", 1, most_int, "words of an address header that are read")),
    not_built(number("mime_boundary_length_limit", "2048", 1, most_int, "how much of a MIME boundary is compared")),
    not_built(number("mime_nesting_limit", "100", 1, most_int, "the deepest nesting of MIME parts")),
    not_built(choice("non_empty_end_of_header_action", "fix_quietly", "fix_quietly|add_header|reject", "what happens when a header ends without an empty line")),
};
// clang-format on

Rows content_rows() {
    return rows;
}

}  // namespace config
