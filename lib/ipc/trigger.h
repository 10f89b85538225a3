// Triggers wake a daemon: a few bytes to its socket, without waiting for an answer.
#pragma once

#include <string>
#include <string_view>

namespace ipc {

// False, with a warning in the log, where nobody listens at `path`: the daemon finds its work by
// itself when it starts.
bool trigger(const std::string& path, std::string_view bytes);

}  // namespace ipc
