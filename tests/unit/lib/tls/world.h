// Two ends of a TLS connection over wires in memory, set up from lines of main.cf.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/stream.h"
#include "lib/tls/handshake.h"
#include "tests/unit/lib/tls/certificates.h"

namespace trial {

struct Scratch {
    Scratch();
    ~Scratch();
    // The path of a file with this content.
    std::string file(const std::string& name, const std::string& content) const;
    std::string folder;
};

// One end's handshake over `wire`, with no wish in particular where none is given.
io::Task<void> dial(std::unique_ptr<io::Wire> wire, const tls::ClientContext& context,
                    tls::Handshake& into, tls::Wish wish, base::Instant deadline = io::never);
io::Task<void> answer(std::unique_ptr<io::Wire> wire, const tls::ServerContext& context,
                      tls::Handshake& into, tls::ServerWish wish);
inline io::Task<void> dial(std::unique_ptr<io::Wire> wire, const tls::ClientContext& context,
                           tls::Handshake& into) {
    return dial(std::move(wire), context, into, tls::Wish());
}
inline io::Task<void> answer(std::unique_ptr<io::Wire> wire, const tls::ServerContext& context,
                             tls::Handshake& into) {
    return answer(std::move(wire), context, into, tls::ServerWish());
}

struct World : testing::Test {
    World();
    ~World() override;

    config::Settings settings(const std::string& lines) const;
    // The server has `chain` (key and certificates); more lines of main.cf follow.
    void server(const std::string& chain, const std::string& lines = "",
                tls::TicketKeys* tickets = nullptr, tls::ChainsByName by_name = nullptr);
    // The client trusts `ca` unless the lines say otherwise.
    void client(const std::string& lines = "", tls::Sessions* sessions = nullptr);
    // Both shake hands; what comes of it is in `near` (the client) and `far`.
    void meet(const tls::Wish& wish, const tls::ServerWish& taken = tls::ServerWish());
    // The words of the client's facts: "Verified", or "failed: REASON".
    std::string outcome(const tls::Wish& wish);

    io::ManualClock clock;
    io::Loop loop{clock};
    Scratch scratch;
    std::unique_ptr<tls::ServerContext> server_context;
    std::unique_ptr<tls::ClientContext> client_context;
    tls::Handshake near, far;
    size_t capacity = 1 << 16;  // of the wires
};

}  // namespace trial
