// DovecotServer asks Dovecot's auth service, with one connection for all logins of a process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/socket_address.h"
#include "lib/io/stream.h"
#include "lib/sasl/dovecot_protocol.h"
#include "lib/sasl/verifier.h"

namespace sasl {

class DovecotServer : public Verifier {
  public:
    // `options.path` is the socket: a path, "unix:path" or "inet:host:port". Throws config::Error.
    explicit DovecotServer(VerifierOptions options);
    ~DovecotServer() override;

    // Keeps the connection, anew at once or when a login asks for it, and every second.
    io::Task<void> run() override;
    io::Task<Offers> mechanisms(Demands demands) override;
    std::unique_ptr<Exchange> begin(Peer peer) override;

    // One connection, until it is lost; rethrows io::Cancelled. `wire` leads to the service.
    io::Task<void> converse(std::unique_ptr<io::Wire> wire);

  private:
    class Login;
    struct Pending {
        std::optional<Step> step;
        io::Event settled;
    };
    struct Link;

    io::Task<std::unique_ptr<io::Wire>> connect();
    io::Task<bool> shake_hands(Link& link);
    // Why it is over.
    io::Task<std::string> serve(Link& link);
    io::Task<bool> read_replies(Link& link);
    void take(std::string_view line);
    io::Task<void> send(Link& link);
    // The connection, when it is there before the time limit is over.
    io::Task<bool> connected();
    // Sends the line of request `id` and waits for the reply to it.
    io::Task<Step> ask(uint32_t id, std::string line);
    uint32_t next_id();
    void lost(const std::string& why);

    VerifierOptions options_;
    std::vector<io::SocketAddress> addresses_;
    Link* link_ = nullptr;     // while hands are shaken
    uint64_t generation_ = 0;  // of the connection
    Offers known_;             // of the last connection
    std::map<uint32_t, Pending*> pending_;
    uint32_t last_id_ = 0;
    io::Event tried_;   // the connection is there, or the last attempt at it failed
    io::Event wanted_;  // a login waits for it
    bool warned_ = false;
};

}  // namespace sasl
