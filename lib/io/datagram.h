// Datagram receives the messages that arrive at a datagram socket.
#pragma once

#include <string>

#include "lib/io/descriptor.h"
#include "lib/io/task.h"

namespace io {

class Datagram {
  public:
    explicit Datagram(base::Fd socket) : descriptor_(std::move(socket)) {}
    // The next datagram, at most `most` bytes of it. Throws base::SystemError.
    Task<std::string> receive(size_t most = 64 * 1024);

  private:
    Descriptor descriptor_;
};

}  // namespace io
