// Rotating the log file: `postfix logrotate`.
#pragma once

#include <sys/types.h>

#include <string>

#include "lib/config/settings.h"

namespace postfix {

// Renames maillog_file, makes the running system (`master`; 0: none) open a new one, compresses the
// old. Throws base::SystemError, config::Error.
void rotate_log(const config::Settings& settings, pid_t master);

// `format` as strftime(3) has it, for the local time `seconds`. Throws config::Error for one that
// gives nothing or a slash.
std::string rotation_suffix(const std::string& format, time_t seconds);

}  // namespace postfix
