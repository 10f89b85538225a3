// StatusChannel is one end of the socket between master and a daemon.
//
// Messages keep their borders. Sending never waits: what the other side has no room for is dropped,
// which a Status outlives.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/fd.h"
#include "lib/io/descriptor.h"
#include "lib/io/task.h"

namespace ipc {

class StatusChannel {
  public:
    explicit StatusChannel(base::Fd socket) : descriptor_(std::move(socket)) {}

    // False when the message could not be sent.
    bool send(std::string_view message);
    // The next message; none when the other side is gone.
    io::Task<std::optional<std::string>> receive();
    // One that is here already.
    std::optional<std::string> try_receive();

  private:
    io::Descriptor descriptor_;
};

// Both ends, close-on-exec. Throws base::SystemError.
std::pair<base::Fd, base::Fd> status_socket_pair();

}  // namespace ipc
