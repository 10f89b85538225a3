// The parameters of the names and limits of helper services.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    moot(time("application_event_drain_time", "100s", 1, most_int, "a process ends when its work is done")),
    moot(word("bounce_service_name", "bounce", "bounce is found by its program")),
    moot(time("connection_cache_protocol_timeout", "5s", 1, most_int, "smtp keeps its own connections")),
    moot(time("connection_cache_status_update_time", "600s", 1, most_int, "smtp keeps its own connections")),
    moot(time("connection_cache_ttl_limit", "2s", 1, most_int, "smtp_connection_cache_time_limit is the limit")),
    moot(word("defer_service_name", "defer", "logs of late mail are kept by qmgr")),
    moot(word("error_service_name", "error", "error is part of qmgr")),
    list("fast_flush_domains", "$relay_domains", "domains whose mail postqueue -s tries at once"),
    moot(time("fast_flush_purge_time", "7d", 1, most_int, "no lists are kept by site")),
    moot(time("fast_flush_refresh_time", "12h", 1, most_int, "no lists are kept by site")),
    moot(number("fault_injection_code", "0", 0, most_int, "there is no such code")),
    not_built(word("flush_service_name", "flush", "the master.cf service of ETRN")),
    moot(text("mail_release_date", "20260821", "meant for $mail_release_date in other values")),
    text("openssl_path", "openssl", "the command openssl"),
    moot(word("pickup_service_name", "pickup", "the service is called pickup")),
    moot(word("process_id_directory", "pid", "the directory of master's lock is pid below queue_directory")),
    moot(word("queue_service_name", "qmgr", "the service is called qmgr")),
    moot(word("showq_service_name", "showq", "the service is called showq")),
    moot(word("trace_service_name", "trace", "the service is called trace")),
};
// clang-format on

Rows services_rows() {
    return rows;
}

}  // namespace config
