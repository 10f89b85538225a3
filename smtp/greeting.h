// Greeting brings a connection to the point where mail can be sent over it.
#pragma once

#include <memory>

#include "lib/io/task.h"
#include "lib/nexthop/endpoint.h"
#include "smtp/options.h"
#include "smtp/session.h"

namespace smtp {

// Makes connections; a test has one in memory.
class Dialer {
  public:
    virtual ~Dialer() = default;
    // Throws base::SystemError, io::TimedOut.
    virtual io::Task<std::unique_ptr<io::Wire>> dial(io::SocketAddress to,
                                                     base::Instant deadline) = 0;
};

// A session that is ready for MAIL, or why there is none.
struct Greeted {
    Greeted() = default;
    std::unique_ptr<Session> session;
    Trouble trouble;
    Peer peer;  // who it was, when at least a connection was made; else empty
};

// As log lines call whoever is at `endpoint`.
Peer peer_of(const nexthop::Endpoint& endpoint);

// Connects to `endpoint` on the way to `nexthop`; greeting, then EHLO or HELO, or LHLO.
io::Task<Greeted> open_session(Dialer& dialer, nexthop::Endpoint endpoint, std::string_view nexthop,
                               const Options& options);

// QUIT; waits for the reply only where the options ask for it. Throws nothing but io::Cancelled.
io::Task<void> leave(std::unique_ptr<Session> session, const Options& options);

}  // namespace smtp
