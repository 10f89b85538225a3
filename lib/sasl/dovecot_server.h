// DovecotServer asks Dovecot's auth service, with one connection for all logins of a process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/io/event.h"
#include "lib/sasl/auth_socket.h"
#include "lib/sasl/dovecot_link.h"
#include "lib/sasl/verifier.h"

namespace sasl {

class DovecotServer : public Verifier {
  public:
    // `options.path` is the socket: a path, "unix:path" or "inet:host:port". Throws config::Error.
    explicit DovecotServer(VerifierOptions options);
    ~DovecotServer() override;

    // Keeps the connection, anew at once or when a login asks for it, and every second.
    io::Task<void> run() override;
    io::Task<std::optional<Offers>> mechanisms(Demands demands) override;
    io::Task<Step> not_offered(std::string mechanism, Demands demands) override;
    std::unique_ptr<Exchange> begin(Peer peer) override;

    // One connection, until it is lost; rethrows io::Cancelled. `wire` leads to the service.
    io::Task<void> converse(std::unique_ptr<io::Wire> wire);

  private:
    class Login;
    struct Pending {
        std::optional<Step> step;
        io::Event settled;
    };
    io::Task<void> keep_connected();
    void take(dovecot::Reply reply);
    // The connection, when it is there before the time limit is over.
    io::Task<bool> connected();
    // Sends the line of request `id` and waits for the reply to it.
    io::Task<Step> ask(uint32_t id, std::string line);
    uint32_t next_id();
    void lost(const std::string& why);

    VerifierOptions options_;
    AuthSocket socket_;
    dovecot::Link* link_ = nullptr;  // from the hello on
    uint64_t generation_ = 0;        // of the connection
    std::optional<Offers> known_;    // of the last connection
    std::map<uint32_t, Pending*> pending_;
    uint32_t last_id_ = 0;
    io::Event tried_;   // the connection is there, or the last attempt at it failed
    io::Event wanted_;  // a login waits for it
    bool warned_ = false;
};

}  // namespace sasl
