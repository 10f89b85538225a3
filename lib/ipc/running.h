// Whether an instance runs, and as which process.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace ipc {

// Below queue_directory; master holds an exclusive flock on it for life.
inline constexpr const char* pid_file = "pid/master.pid";

// The process ID of the master that runs the instance with this queue_directory.
std::optional<pid_t> running_master(const std::string& queue_directory);

}  // namespace ipc
