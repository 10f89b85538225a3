// Policy is all that restrictions are judged by: networks, lists of restrictions, reply codes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/networks.h"
#include "lib/config/settings.h"
#include "lib/io/task.h"
#include "smtpd/codes.h"
#include "smtpd/destination.h"
#include "smtpd/rule_book.h"

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
    // How restrictions are applied.
    struct Limits {
        bool delay_reject = true;
        bool relay_before_recipient = true;
    };
    // Where mail goes, as route::Router says.
    using FindRoute = std::function<io::Task<Destination>(std::string, std::string)>;

    struct Parts {
        config::Networks mynetworks;
        config::Networks bare_lf_exclusions;
        std::vector<std::string> own_addresses;
        Limits limits;
        Codes codes;
        RuleBook rules;
        FindRoute route;
    };
    explicit Policy(Parts parts) : parts_(std::move(parts)) {}
    // With the addresses that this machine has now. Throws config::Error.
    static Policy from(const config::Settings& settings, const RuleBook::OpenTable& open,
                       FindRoute route);

    Client client(std::string_view address, uint16_t port) const;
    const Limits& limits() const { return parts_.limits; }
    const Codes& codes() const { return parts_.codes; }
    const RuleBook& rules() const { return parts_.rules; }
    io::Task<Destination> route(std::string sender, std::string recipient) const {
        return parts_.route(std::move(sender), std::move(recipient));
    }

  private:
    Parts parts_;
};

}  // namespace smtpd
