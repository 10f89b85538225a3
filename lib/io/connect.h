// Connecting to a listening socket.
#pragma once

#include <optional>

#include "lib/base/fd.h"
#include "lib/io/clock.h"
#include "lib/io/socket_address.h"
#include "lib/io/task.h"

namespace io {

// A connected, non-blocking stream socket. Throws base::SystemError with the errno of the failed
// call (ECONNREFUSED, EHOSTUNREACH …), TimedOut at the deadline.
Task<base::Fd> connect(SocketAddress to, Instant deadline,
                       std::optional<SocketAddress> bind_to = std::nullopt);

}  // namespace io
