// The parameters of the scheduler.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    number("qmgr_message_active_limit", "20000", 1, most_int, "messages in memory at a time"),
    not_built(number("qmgr_message_recipient_limit", "20000", 1, most_int, "recipients in memory at a time")),
    number("qmgr_lane_depth", "3", 1, 100, "requests given to a connection ahead"),
    time("queue_run_delay", "300s", 1, most_int, "the time between looks at deferred mail"),
    time("minimal_backoff_time", "300s", 1, most_int, "the least time until a message is tried again"),
    time("maximal_backoff_time", "4000s", 1, most_int, "the longest time until a message is tried again"),
    time("maximal_queue_lifetime", "5d", 0, 8640000, "how long mail is tried until it is returned"),
    time("bounce_queue_lifetime", "5d", 0, 8640000, "how long a delivery report is tried"),
    list("defer_transports", "", "transports whose mail waits until the queue is flushed"),
    time("transport_retry_time", "60s", 1, most_int, "the pause after a transport failed"),
    number("initial_destination_concurrency", "5", 1, most_int, "deliveries to a new destination at a time"),
    number("default_destination_concurrency_limit", "20", 0, most_int, "deliveries to a destination at a time; 0: no limit"),
    number("default_destination_recipient_limit", "50", 0, most_int, "recipients of one delivery; 0: no limit"),
    number("default_destination_concurrency_failed_cohort_limit", "1", 0, most_int, "failures, in windows, until a destination is dead; 0: never"),
    text("default_destination_concurrency_positive_feedback", "1", "what a delivery adds to the window of its destination"),
    text("default_destination_concurrency_negative_feedback", "1", "what a failure takes from the window of its destination"),
    list("hash_queue_names", "deferred, defer", "queue directories with subdirectories"),
    number("hash_queue_depth", "1", 1, 16, "levels of subdirectories"),
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
    moot(flag("destination_concurrency_feedback_debug", "no", "changes of windows are not logged")),
    moot(number("dont_remove", "0", 0, most_int, "queue files are removed when done")),
    moot(time("qmgr_clog_warn_time", "300s", 0, most_int, "postqueue shows what fills the queue")),
    moot(time("qmgr_daemon_timeout", "1000s", 1, most_int, "worker_stall_limit takes its place")),
    moot(number("qmgr_fudge_factor", "100", 1, 100, "the scheduler has no such allowance")),
    moot(time("qmgr_ipc_timeout", "60s", 1, most_int, "limits between daemons are fixed")),
    not_built(number("qmgr_message_recipient_minimum", "10", 1, most_int, "recipients in memory that each message may have")),
    not_built(number("queue_file_attribute_count_limit", "100", 1, most_int, "attributes of a message")),
};
// clang-format on

Rows queue_rows() {
    return rows;
}

}  // namespace config
