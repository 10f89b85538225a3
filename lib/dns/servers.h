// Servers asks name servers in turn until one has an answer.
#pragma once

#include <vector>

#include "lib/dns/exchange.h"
#include "lib/dns/message.h"
#include "lib/io/clock.h"
#include "lib/io/socket_address.h"
#include "lib/io/task.h"

namespace dns {

class Servers {
  public:
    struct Limits {
        base::Duration attempt = std::chrono::seconds(5);  // of one question to one server
        unsigned rounds = 2;                               // over all servers
        bool dnssec = false;
        bool rotate = false;  // begins with the next server each time
        bool tcp = false;     // asks by TCP from the first
    };
    Servers(const std::vector<io::SocketAddress>& servers, Limits limits);

    // A message (code no_error, name_error, or one that no server would explain), else what the
    // last server was like. One that has kept silent lately is asked after the others, however
    // they take turns.
    io::Task<Heard> ask(Question question);

  private:
    struct Server {
        explicit Server(io::SocketAddress at) : address(at) {}
        io::SocketAddress address;
        bool plain = false;  // does not know EDNS
        io::Instant avoid_until{};
    };
    std::vector<size_t> order();
    io::Task<Heard> ask_one(Server& server, Question question, unsigned round);

    std::vector<Server> servers_;
    Limits limits_;
    size_t first_ = 0;
};

}  // namespace dns
