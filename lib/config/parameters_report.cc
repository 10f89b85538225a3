// The parameters of delivery reports and commands.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    size("bounce_size_limit", "50000", 1, most_int, "how much of a message a report returns"),
    word("double_bounce_sender", "double-bounce", "a local part that is always known and that no table splits"),
    flag("soft_bounce", "no", "keeps mail that would be returned"),
    not_built(number("delay_logging_resolution_limit", "2", 0, 6, "decimals of delays in the log")),
    list("authorized_mailq_users", "static:anyone", "who may list the queue"),
    list("authorized_flush_users", "static:anyone", "who may flush the queue"),
    list("authorized_submit_users", "static:anyone", "who may submit mail by sendmail"),
    not_built(time("delay_warning_time", "0h", 0, most_int, "when a sender is told that mail is late; 0: never")),
    not_built(list("notify_classes", "resource, software", "troubles that the postmaster is told of")),
    not_built(text("bounce_template_file", "", "the texts of delivery reports")),
    not_built(text("bounce_notice_recipient", "postmaster", "who gets copies of reports")),
    risky(text("default_delivery_status_filter", "", "tables that change delivery status codes")),
    not_built(text("2bounce_notice_recipient", "postmaster", "who gets copies of reports that could not be delivered")),
    moot(flag("backwards_bounce_logfile_compatibility", "yes", "logs of failures are in the newest form")),
    not_built(flag("confirm_delay_cleared", "no", "tells senders that late mail was delivered")),
    not_built(text("default_verp_delimiters", "+=", "the delimiters of a sender of each recipient")),
    not_built(text("delay_notice_recipient", "postmaster", "who gets copies of delay warnings")),
    not_built(flag("disable_verp_bounces", "no", "sends one report for all such recipients")),
    not_built(flag("enable_threaded_bounces", "no", "links reports to the message")),
    not_built(text("error_notice_recipient", "postmaster", "who gets reports of trouble")),
    not_built(text("verp_delimiter_filter", "-=+", "characters allowed as such delimiters")),
};
// clang-format on

Rows report_rows() {
    return rows;
}

}  // namespace config
