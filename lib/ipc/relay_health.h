// Where the table of relay health is found: master hands it to processes and, on request, to
// people.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lib/base/fd.h"
#include "lib/health/snapshot.h"
#include "lib/health/table.h"

namespace ipc {

// The variable that tells a process under which number it has the descriptor.
inline constexpr const char* health_variable = "RELAY_HEALTH_DESCRIPTOR";
// From queue_directory. Whoever connects, and is root or the owner of the instance, is sent one
// byte with the descriptor.
inline constexpr const char* health_socket = "private/relay-health";

// The table that master passed at the start; none without one, or where it is of another version
// (which is logged).
std::unique_ptr<health::Table> inherited_health_table();

// The table of the running master, for commands; none when no master runs. Throws
// base::SystemError where it may not be asked or does not answer.
std::optional<base::Fd> ask_for_health_table(const std::string& queue_directory);

}  // namespace ipc
