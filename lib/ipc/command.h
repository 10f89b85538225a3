// What every command does first: find its configuration, read it, open the log.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/config/settings.h"

namespace ipc {

// From here on lines go to standard error as "PROGRAM: …". Before anything else.
void begin_command(std::string_view program);

// Reads main.cf in `directory` (of -c), else in MAIL_CONFIG, else in /etc/postfix, and leaves
// MAIL_CONFIG so for children. A parameter that the command does not ask for may have any value.
// Ends the process with `fatal_status` and a fatal line where that cannot be.
config::Settings command_settings(std::string_view program,
                                  const std::optional<std::string>& directory, int fatal_status);

// Flushes standard output and logs; the process ends with `status`.
[[noreturn]] void end_command(std::string_view fatal_line, int status);

// The name by which the command was called, without its directory.
std::string_view called_as(const char* argv0);

}  // namespace ipc
