// The parameters of names, directories, users and the log.
#include "lib/config/parameter_rows.h"

namespace config {

static constexpr Text facilities =
    "mail|auth|authpriv|cron|daemon|ftp|kern|lpr|news|syslog|user|uucp|"
    "local0|local1|local2|local3|local4|local5|local6|local7";

// clang-format off
static constexpr Parameter rows[] = {
    word("myhostname", "", "the full name of this machine, as it names itself in SMTP"),
    word("mydomain", "", "the domain that this machine is in"),
    word("myorigin", "$myhostname", "the domain given to an address without one; or a file whose first line is it"),
    list("mydestination", "$myhostname, localhost.$mydomain, localhost", "domains whose mail is delivered on this machine"),
    word("compatibility_level", "0", "the release of Postfix whose defaults hold where newer ones changed them"),
    word("mail_name", "Postfix", "the name of the mail system in banner, Received: and reports"),
    word("mail_version", "3.12", "the Postfix release that this system answers to"),
    word("config_directory", "", "the directory of main.cf and master.cf"),
    word("queue_directory", "/var/spool/postfix", "the directory of the queue and of the sockets"),
    word("data_directory", "/var/lib/postfix", "the directory of what is kept but is not mail"),
    word("command_directory", "/usr/sbin", "the directory of the commands"),
    word("daemon_directory", "/usr/libexec/posthaste", "the directory of the daemons"),
    word("mail_owner", "postfix", "the user that the queue belongs to and that daemons run as"),
    word("setgid_group", "postdrop", "the group of the submission and queue commands"),
    word("syslog_name", "${multi_instance_name?{$multi_instance_name}:{postfix}}", "the part of each log line's tag before the slash"),
    not_built(choice("syslog_facility", "mail", facilities, "the facility of lines sent to syslog")),
    text("maillog_file", "", "the log file that postlogd writes; empty: syslog"),
    list("maillog_file_prefixes", "/var, /dev/stdout", "where maillog_file may be"),
    word("postlog_service_name", "postlog", "the master.cf service that writes maillog_file"),
    text("service_name", "", "the name of the service in master.cf, set by master"),
    moot(choice("info_log_address_format", "external", "external|internal", "addresses are logged in external form")),
    text("maillog_file_compressor", "gzip", "the command that compresses rotated logs"),
    not_built(text("maillog_file_permissions", "0600", "the mode of the log")),
    text("maillog_file_rotate_suffix", "%Y%m%d-%H%M%S", "the ending of rotated logs"),
    moot(time("postlogd_watchdog_timeout", "10s", 1, most_int, "a write to the log is never waited for")),
    not_built(flag("respectful_logging", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}", "an older choice of words in the log")),
    not_built(number("debug_peer_level", "2", 1, most_int, "how much more is logged about the peers of debug_peer_list")),
    not_built(text("debug_peer_list", "", "peers whose dialogue is logged")),
};
// clang-format on

Rows identity_rows() {
    return rows;
}

}  // namespace config
