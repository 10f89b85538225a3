// The memory of TLS that master hands to processes: keys of session tickets to servers, sessions to
// clients.
#pragma once

#include <memory>

#include "lib/config/settings.h"
#include "lib/tls/shared_sessions.h"
#include "lib/tls/ticket_keys.h"

namespace ipc {

// The variable that tells a process under which number it has the descriptor.
inline constexpr const char* tls_memory_variable = "TLS_MEMORY_DESCRIPTOR";

// What master passed at the start; where it passed nothing that can be used (which is logged unless
// no master is there), keys or sessions of this process alone.
std::unique_ptr<tls::TicketKeys> inherited_ticket_keys(const config::Settings& settings);
std::unique_ptr<tls::SharedSessions> inherited_tls_sessions(const config::Settings& settings);

}  // namespace ipc
