// LoopbackServer answers on real sockets of this machine, in the loop of the test, what the test
// tells it to.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/base/fd.h"
#include "lib/dns/message.h"
#include "lib/io/descriptor.h"
#include "lib/io/scope.h"
#include "lib/io/socket_address.h"
#include "lib/io/task.h"
#include "tests/unit/lib/dns/packet.h"

namespace dns_test {

struct Asked {
    explicit Asked(const std::string& packet);
    std::string packet;
    unsigned id;
    dns::Question question{"", dns::Type::a};
    bool edns = false;
    bool dnssec_ok = false;
    bool tcp = false;

    // A response to it, for the test to complete.
    Packet reply() const;
};

class LoopbackServer {
  public:
    // What to send back: nothing, or some packets.
    using Answers = std::function<std::vector<std::string>(const Asked&)>;

    explicit LoopbackServer(Answers answers);
    ~LoopbackServer();

    const io::SocketAddress& address() const { return address_; }
    // Sends a datagram to whoever asked last, from another port of this machine.
    void send_from_elsewhere(const std::string& packet);

    std::vector<Asked> asked;

  private:
    io::Task<void> serve_udp();
    io::Task<void> serve_tcp();
    io::Task<void> converse(base::Fd fd);

    Answers answers_;
    io::SocketAddress address_;
    io::SocketAddress last_;
    base::Fd tcp_;
    io::Descriptor udp_;
    io::Scope scope_;
};

}  // namespace dns_test
