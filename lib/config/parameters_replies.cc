// The parameters of reply codes and texts of the SMTP server.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    raw(not_built(text("default_rbl_reply", "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain${rbl_reason?; $rbl_reason}", "the text of replies for clients in a list of DNS"))),
    not_built(list("maps_rbl_domains", "", "an older form of reject_rbl_client")),
    not_built(number("maps_rbl_reject_code", "554", 200, 599, "the reply code of reject_rbl_client and its kin")),
    not_built(text("rbl_reply_maps", "", "tables of such texts by list")),
    raw(not_built(text("smtpd_expansion_filter", "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~", "characters allowed in expanded texts"))),
    not_built(text("smtpd_reject_filter_maps", "", "tables that change replies that refuse")),
    raw(text("smtpd_reject_footer", "", "text added to replies that refuse")),
    text("smtpd_reject_footer_maps", "", "tables of text added to replies that refuse"),
};
// clang-format on

Rows replies_rows() {
    return rows;
}

}  // namespace config
