// OwnAddresses is the set of addresses at which this machine receives mail: inet_interfaces and
// proxy_interfaces.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "lib/config/settings.h"

namespace config {

class OwnAddresses {
  public:
    OwnAddresses() = default;
    explicit OwnAddresses(std::set<std::string, std::less<>> addresses)
        : addresses_(std::move(addresses)) {}

    // Asks the kernel for its interfaces, and name service for names among the settings: it may
    // wait, so a daemon calls it at start. A name that nobody knows has no address.
    static OwnAddresses from(const Settings& settings);

    // Those of inet_interfaces alone.
    static OwnAddresses of_interfaces(const Settings& settings);

    // `address` as io::SocketAddress::ip() writes it.
    bool contains(std::string_view address) const { return addresses_.contains(address); }
    const std::set<std::string, std::less<>>& all() const { return addresses_; }

  private:
    std::set<std::string, std::less<>> addresses_;
};

}  // namespace config
