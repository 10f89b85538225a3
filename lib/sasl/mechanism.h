// Mechanism is the client's side of one login: what is said to each challenge of the server.
//
// Texts are bytes as the mechanism has them; base64 and the lines around it are the protocol's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lib/sasl/account.h"

namespace sasl {

// The login cannot go on: what the server says is wrong or no proof, or the account is of no use to
// this mechanism. The text has no secret in it.
struct Failed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Mechanism {
  public:
    virtual ~Mechanism() = default;

    // What goes along with the name; none where the server speaks first. Once, before all else.
    // Throws Failed.
    virtual std::optional<std::string> first() = 0;
    // Throws Failed.
    virtual std::string answer(std::string_view challenge) = 0;
    // Whether a server that says yes now has proven what this mechanism wants it to prove.
    virtual bool satisfied() const = 0;
    // What the server gave as the reason of its refusal, in the course of the mechanism; "" for
    // nothing.
    virtual std::string complaint() const { return {}; }
};

// Whom the client talks to, as far as mechanisms have to say it.
struct Server {
    std::string service = "smtp";
    std::string host;
    uint16_t port = 0;
};

// One of the mechanisms that properties.h lists. Throws Failed when it cannot begin.
std::unique_ptr<Mechanism> make_mechanism(std::string_view name, const Account& account,
                                          const Server& server, const ChannelBinding& binding);

// By the library; and the two that it does not have, with a token (RFC 7628, XOAUTH2).
std::unique_ptr<Mechanism> library_mechanism(std::string_view name, const Account& account,
                                             const Server& server, const ChannelBinding& binding);
std::unique_ptr<Mechanism> bearer_mechanism(const Account& account, const Server& server);
std::unique_ptr<Mechanism> xoauth2_mechanism(const Account& account);

}  // namespace sasl
