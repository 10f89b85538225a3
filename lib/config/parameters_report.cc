// The parameters of delivery reports and commands.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    size("bounce_size_limit", "50000", 1, most_int, "how much of a message a report returns"),
    not_built(word("double_bounce_sender", "double-bounce", "the sender of reports about reports")),
    flag("soft_bounce", "no", "keeps mail that would be returned"),
    not_built(number("delay_logging_resolution_limit", "2", 0, 6, "decimals of delays in the log")),
    list("authorized_mailq_users", "static:anyone", "who may list the queue"),
    list("authorized_flush_users", "static:anyone", "who may flush the queue"),
    list("authorized_submit_users", "static:anyone", "who may submit mail by sendmail"),
};
// clang-format on

Rows report_rows() {
    return rows;
}

}  // namespace config
