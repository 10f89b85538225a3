// The parameters of workers and services.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    number("default_process_limit", "100", 0, most_int, "processes of a service whose maxproc is '-'"),
    number("default_session_limit", "10000", 0, most_int, "sessions of a service whose maxproc is '-'"),
    number("smtpd_worker_processes", "0", 0, 1024, "worker processes of smtpd; 0: one a core"),
    number("smtp_worker_processes", "0", 0, 1024, "worker processes of smtp; 0: one a core"),
    number("max_use", "100", 0, most_int, "clients of a process until it is replaced; only when set"),
    time("max_idle", "100s", 1, most_int, "how long a process on demand stays without work"),
    time("service_throttle_time", "60s", 1, most_int, "the longest pause between restarts of a service that fails to start"),
    time("worker_stall_limit", "120s", 10, most_int, "how long a worker may go without a sign of life"),
    not_built(list("import_environment", "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME XDG_RUNTIME_DIR", "environment variables that master keeps")),
    risky(list("master_service_disable", "", "services of master.cf that are not offered")),
};
// clang-format on

Rows process_rows() {
    return rows;
}

}  // namespace config
