// SocketDialer connects to mail servers, by TCP or a UNIX socket.
#pragma once

#include "smtp/dialer.h"
#include "smtp/options.h"

namespace smtp {

class SocketDialer : public Dialer {
  public:
    // `options` outlive it.
    explicit SocketDialer(const Options& options) : options_(options) {}

    io::Task<std::unique_ptr<io::Wire>> dial(io::SocketAddress to, base::Instant deadline) override;

  private:
    std::optional<io::SocketAddress> source_for(const io::SocketAddress& to) const;

    const Options& options_;
};

}  // namespace smtp
