// Opening the log as the configuration says.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/log.h"
#include "lib/config/settings.h"

namespace ipc {

// For a daemon, whose working directory is queue_directory: to postlogd when maillog_file is set,
// else to syslog.
base::log::Options daemon_log(const config::Settings& settings, std::string_view program);

// For a command, wherever it runs: a copy goes to standard error; where postlogd is not running,
// lines go straight into maillog_file if this user may write to it.
base::log::Options command_log(const config::Settings& settings, std::string_view program);

// This machine in lines of maillog_file: the first label of myhostname.
std::string log_host(const config::Settings& settings);

}  // namespace ipc
