// Anvil frames: how workers tell the anvil service what clients do, and hear how often they did it.
//
// A worker keeps one framed connection. A request has a number, which its answer repeats; `leave`
// and `hold` have no answer. What a worker's connections hold ends with the connection.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/encode.h"
#include "lib/base/time.h"
#include "lib/io/event.h"
#include "lib/io/task.h"
#include "lib/ipc/duplex.h"

namespace ipc {

enum class AnvilFrame : uint8_t { request = 1, answer = 2 };

enum class AnvilVerb : uint8_t {
    connect = 1,      // one more connection
    leave = 2,        // one less
    message = 3,      // MAIL
    recipient = 4,    // RCPT
    hold = 5,         // `number` connections that are there already, told to an anvil that is new
    tls_session = 6,  // a TLS handshake that took up no session of before
    tls_rate = 7,     // how many there were; none more
    login = 8,        // AUTH
};
inline constexpr AnvilVerb last_anvil_verb = AnvilVerb::login;

// `ident` is service and client: "smtp:192.0.2.1".
struct AnvilRequest {
    uint32_t number = 0;  // of the request; of connections for hold
    AnvilVerb verb = AnvilVerb::connect;
    std::string ident;

    std::string encode() const;
    // Throws base::DecodeError.
    static AnvilRequest decode(std::string_view payload);
};

struct AnvilCounts {
    uint32_t count = 0;  // connections at this time
    uint32_t rate = 0;   // of what was asked about, in this unit of time, with the one just told

    bool operator==(const AnvilCounts&) const = default;
};

struct AnvilAnswer {
    uint32_t number = 0;
    AnvilCounts counts;

    std::string encode() const;
    // Throws base::DecodeError.
    static AnvilAnswer decode(std::string_view payload);
};

// What a worker asks. While there is no anvil, nobody is counted and nobody is refused.
class AnvilClient {
  public:
    // `socket`: path of private/anvil.
    explicit AnvilClient(std::string socket) : socket_(std::move(socket)) {}

    // Keeps the connection, anew every second while there is none. Ends when its scope is
    // cancelled.
    io::Task<void> run();

    // Tells of one event; none where anvil is away or does not answer in time.
    io::Task<std::optional<AnvilCounts>> tell(AnvilVerb verb, std::string ident);
    // The end of a connection that connect told of.
    void leave(const std::string& ident);

  private:
    struct Pending {
        std::optional<AnvilCounts> counts;
        io::Event settled;
    };
    io::Task<void> converse(Duplex& link);
    io::Task<void> read_answers(Duplex& link);
    void put(AnvilRequest request);
    void lost(const std::string& why);

    std::string socket_;
    Duplex* link_ = nullptr;  // while there is one
    std::map<uint32_t, Pending*> pending_;
    std::map<std::string, uint32_t> held_;  // connections by ident
    uint32_t last_number_ = 0;
    bool warned_ = false;
};

}  // namespace ipc
