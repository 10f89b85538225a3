// The parameters of Postfix that have nothing to act on here.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    moot(text("readme_directory", "no", "README files are not installed apart")),
    moot(text("html_directory", "no", "HTML pages are not installed")),
    moot(text("manpage_directory", "/usr/share/man", "the manual is where make install put it")),
    moot(text("sample_directory", "/etc/postfix", "there are no sample files")),
    moot(text("sendmail_path", "/usr/sbin/sendmail", "commands are found in command_directory")),
    moot(text("newaliases_path", "/usr/bin/newaliases", "commands are found in command_directory")),
    moot(text("mailq_path", "/usr/bin/mailq", "commands are found in command_directory")),
    moot(text("meta_directory", "/etc/postfix", "there are no files about the installation")),
    moot(text("shlib_directory", "no", "there are no shared libraries of our own")),
    moot(text("debugger_command", "", "a process is traced from outside")),
    moot(time("in_flow_delay", "1s", 0, 10, "new mail goes to a log that delivery does not slow down")),
    moot(time("ipc_timeout", "3600s", 1, most_int, "limits between daemons are fixed")),
    moot(time("ipc_idle", "5s", 1, most_int, "daemons keep their connections")),
    moot(time("ipc_ttl", "1000s", 1, most_int, "daemons keep their connections")),
    moot(time("daemon_timeout", "18000s", 1, most_int, "worker_stall_limit takes its place")),
    moot(time("trigger_timeout", "10s", 1, most_int, "wakeups are never waited for")),
    moot(time("fork_delay", "1s", 1, most_int, "a process that does not start is tried again by master")),
    moot(number("fork_attempts", "5", 1, most_int, "a process that does not start is tried again by master")),
    moot(text("cleanup_service_name", "cleanup", "cleaning up is done in smtpd and bounce")),
    moot(text("rewrite_service_name", "rewrite", "rewriting is done in smtpd and qmgr")),
    moot(text("connection_cache_service_name", "scache", "smtp keeps its own connections")),
    moot(text("tlsmgr_service_name", "tlsmgr", "each process has its own random numbers")),
    moot(text("tls_random_source", "dev:/dev/urandom", "random numbers come from the kernel")),
    moot(text("process_name", "", "only debugger_command would need it")),
    moot(text("process_id", "", "only debugger_command would need it")),
};
// clang-format on

Rows moot_rows() {
    return rows;
}

}  // namespace config
