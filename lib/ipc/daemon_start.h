// What a daemon does before anything else; each step ends the process with a fatal line where it
// fails.
#pragma once

#include <string_view>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/config/settings.h"
#include "lib/ipc/invocation.h"

namespace ipc {

// The command line; refuses to be started by hand.
Invocation start_invocation(int argc, char** argv, std::string_view program);

// The settings, with queue_directory as working directory and the log open.
config::Settings start_settings(const Invocation& invocation, std::string_view program);

// The shared lock by which the next master sees that a process still has the ports of the last one.
base::Fd hold_listeners(const Invocation& invocation);
inline constexpr const char* listeners_lock_file = "pid/listeners.lock";

// The sockets that master passed, close-on-exec; every descriptor behind them is closed.
std::vector<base::Fd> inherited_sockets(unsigned count);

}  // namespace ipc
