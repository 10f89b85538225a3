// Handshakes make a TLS connection out of a plain one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/io/task.h"
#include "lib/io/wire.h"
#include "lib/tls/client_context.h"
#include "lib/tls/facts.h"
#include "lib/tls/server_context.h"
#include "lib/tls/wish.h"

namespace tls {

// How it went. A peer that is not what was wished for is no failure of the handshake: look at
// facts.peer before anything is said to it.
struct Handshake {
    Handshake();
    Handshake(Handshake&&) = default;
    Handshake& operator=(Handshake&&) = default;

    std::unique_ptr<io::Wire> wire;  // null: failed, and the connection is gone
    Facts facts;
    // Why it failed, in words: "timeout", "lost connection" or what OpenSSL calls it.
    std::string error;
    bool timed_out = false;
    bool lost = false;  // the peer went away, or the network did
    // OpenSSL's own lines, for log_failure() (lib/tls/log.h).
    std::vector<std::string> library_errors;
};

// Nothing may be buffered above `below`, whose next byte is TLS. Never throws for what the peer or
// the network does; Cancelled passes. The context outlives the connection.
io::Task<Handshake> connect(std::unique_ptr<io::Wire> below, const ClientContext& context,
                            Wish wish, base::Instant deadline);
io::Task<Handshake> accept(std::unique_ptr<io::Wire> below, const ServerContext& context,
                           ServerWish wish, base::Instant deadline);

}  // namespace tls
