// Policy decides who may do what: nobody outside of mynetworks relays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/networks.h"
#include "lib/config/settings.h"
#include "lib/mail/reply.h"

namespace smtpd {

// How a look-up of a client's name ended: `forged` names do not have the client's address.
enum class NameState : uint8_t { ok, temporary, permanent, forged };

struct Client {
    Client(std::string_view ip, uint16_t from_port);

    std::string name = "unknown";          // what can be believed
    std::string reverse_name = "unknown";  // what its address is said to be called
    NameState name_state = NameState::permanent;
    NameState reverse_state = NameState::permanent;
    std::string address;       // "192.0.2.1"
    std::string port;          // "4711"
    bool trusted = false;      // in mynetworks
    bool own = false;          // has an address of this machine: its headers are completed
    bool may_bare_lf = false;  // smtpd_forbid_bare_newline does not hold for it

    bool shows_port = false;  // smtpd_client_port_logging

    std::string text() const;  // "unknown[192.0.2.1]", as log lines have it
};

class Policy {
  public:
    struct Lists {
        config::Networks mynetworks;
        config::Networks bare_lf_exclusions;
        std::vector<std::string> own_addresses;
    };
    explicit Policy(Lists lists) : lists_(std::move(lists)) {}
    // With the addresses that this machine has now.
    static Policy from(const config::Settings& settings);

    Client client(std::string_view address, uint16_t port) const;
    // The refusal of a recipient; none where it is welcome.
    std::optional<mail::Reply> refuse_recipient(const Client& client,
                                                std::string_view recipient) const;

  private:
    Lists lists_;
};

}  // namespace smtpd
