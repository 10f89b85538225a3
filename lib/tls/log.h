// The log lines of handshakes, as Postfix has them. `peer` is NAME[ADDRESS], with :PORT for a
// server.
#pragma once

#include <string_view>

#include "lib/tls/handshake.h"

namespace tls {

// What a client logs of a handshake that was made: level 1 and up one line, level 2 and up the
// certificate too. What is wrong with the server's certificate is logged at every level when
// `check` asks for something, and else from level 2.
void log_connected(const Facts& facts, std::string_view peer, int level, Check check);
// A server's.
void log_accepted(const Facts& facts, std::string_view peer, int level);

// Of one that failed, at every level.
void log_not_connected(const Handshake& failed, std::string_view peer);
void log_not_accepted(const Handshake& failed, std::string_view peer);

}  // namespace tls
