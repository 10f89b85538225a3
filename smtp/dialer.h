// Dialer makes connections; a test has one in memory.
#pragma once

#include <memory>

#include "lib/io/socket_address.h"
#include "lib/io/task.h"
#include "lib/io/wire.h"

namespace smtp {

class Dialer {
  public:
    virtual ~Dialer() = default;
    // Throws base::SystemError, io::TimedOut.
    virtual io::Task<std::unique_ptr<io::Wire>> dial(io::SocketAddress to,
                                                     base::Instant deadline) = 0;
};

}  // namespace smtp
