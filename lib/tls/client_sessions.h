// Sessions of the client: which is offered, and what becomes of a new one.
#pragma once

#include <string>

#include "lib/tls/client_inside.h"
#include "lib/tls/handles.h"

namespace tls {

// Has the library report new sessions.
void keep_sessions(SSL_CTX* library);

// One connection's dealings with the store. Outlives the connection's handshake; TlsWire keeps it
// for the tickets that come later.
class SessionKeeper {
  public:
    // `key` identifies peer and wish.
    SessionKeeper(Sessions& sessions, std::string key, base::Duration timeout);

    // Offers what is in the store, if there is anything.
    void offer(SSL* connection);
    // From now on new sessions are saved, also those that came already.
    void approve();

  private:
    friend void keep_sessions(SSL_CTX* library);
    static int met(SSL* connection, SSL_SESSION* session);
    void save(const std::string& session);

    Sessions& sessions_;
    std::string key_;
    base::Duration timeout_;
    bool approved_ = false;
    std::string pending_;
};

// A key under which a session made for this wish is resumed only by an equal one.
std::string session_key(const ClientContext::Inside& context, const Wish& wish);

}  // namespace tls
