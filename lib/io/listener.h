// Listener accepts connections from a listening socket that other processes may share.
#pragma once

#include <memory>
#include <optional>

#include "lib/base/fd.h"
#include "lib/io/descriptor.h"
#include "lib/io/event.h"
#include "lib/io/socket_address.h"
#include "lib/io/task.h"

namespace io {

struct Accepted {
    Accepted(base::Fd socket, SocketAddress from) : fd(std::move(socket)), peer(from) {}
    base::Fd fd;
    SocketAddress peer;
};

class Listener {
  public:
    // At most `accepts_a_turn` connections are taken before everything else gets its turn.
    explicit Listener(base::Fd listening, unsigned accepts_a_turn = 16);

    // The next connection; none after close(). Without free descriptors it pauses and tries again.
    Task<std::optional<Accepted>> accept();
    // While paused connections stay in the kernel's queue, for other processes or for later.
    void pause() { open_.clear(); }
    void resume() { open_.set(); }
    // Closes the socket at once; a pending accept() gives none.
    void close();
    bool closed() const { return !descriptor_; }

  private:
    std::optional<Accepted> accept_now(bool& full);

    std::unique_ptr<Descriptor> descriptor_;
    Event open_;
    unsigned accepts_a_turn_;
    unsigned left_;
    bool accepting_ = false;
    bool closing_ = false;
};

}  // namespace io
