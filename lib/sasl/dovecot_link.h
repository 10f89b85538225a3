// Link is one connection to Dovecot's auth service.
//
// One task reads, another sends what logins put in between.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lib/io/event.h"
#include "lib/io/stream.h"
#include "lib/sasl/dovecot_protocol.h"
#include "lib/sasl/verifier.h"

namespace sasl::dovecot {

// What listens there is none that can be asked.
struct WrongService : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Link {
  public:
    // `limit`: within which the service says something that it is waited for.
    Link(std::unique_ptr<io::Wire> wire, base::Duration limit)
        : stream_(std::move(wire)), limit_(limit) {}

    // Reads and says hello. Throws WrongService, io::Closed.
    io::Task<void> shake_hands();
    // Passes replies on until the connection is lost, or is to be given up: a host that is gone
    // says nothing. Gives why; throws io::Closed.
    io::Task<std::string> serve(const std::function<void(Reply)>& take);
    // Sends what is put, while the connection is there.
    io::Task<void> send();

    // False where too much waits already for a service that does not read.
    bool put(std::string_view line);
    // A login waited in vain.
    void unanswered() { unanswered_ = true; }

    bool ready() const { return ready_; }
    // That it has said hello with.
    const Offers& mechanisms() const { return mechanisms_; }

  private:
    // Whether the hello is complete with this line.
    bool hear(std::string_view line);
    io::Task<bool> read_replies(const std::function<void(Reply)>& take);

    io::Stream stream_;
    base::Duration limit_;
    std::string out_;
    io::Event filled_;
    Offers mechanisms_;
    bool names_mechanisms_ = false;
    bool ready_ = false;
    bool unanswered_ = false;  // and nothing came since
};

}  // namespace sasl::dovecot
