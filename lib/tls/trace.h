// Trace is what log levels 2 to 4 show of one connection: steps, sizes, never what is in them.
#pragma once

#include <string>

#include "lib/tls/handles.h"

namespace tls {

class Trace {
  public:
    Trace() = default;
    // `peer` as in log lines.
    Trace(int level, std::string peer);

    // Level 2: the beginning with its ciphers, and each step of the handshake.
    void begin(SSL* connection) const;
    // Level 3 during the handshake, level 4 also behind it: what passed on the wire below.
    void moved(const char* what, size_t bytes) const {
        if (level_ >= 3)
            log_moved(what, bytes);
    }
    void handshake_over() {
        if (level_ == 3)
            level_ = 2;
    }

  private:
    void log_moved(const char* what, size_t bytes) const;

    int level_ = 0;
    std::string peer_;
};

}  // namespace tls
