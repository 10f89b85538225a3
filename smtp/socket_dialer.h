// SocketDialer connects to mail servers by TCP.
#pragma once

#include "smtp/greeting.h"

namespace smtp {

class SocketDialer : public Dialer {
  public:
    // `options` outlive it.
    explicit SocketDialer(const Options& options) : options_(options) {}

    io::Task<std::unique_ptr<io::Wire>> dial(io::SocketAddress to, base::Instant deadline) override;

  private:
    const Options& options_;
};

}  // namespace smtp
