// The addresses of this machine, and the networks that mynetworks_style makes of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace config {

struct OwnAddress {
    std::string address;  // numeric, without brackets or zone
    unsigned prefix = 0;  // bits of the network that the interface is in
};

// The addresses of all interfaces that are up, or of those that `interfaces` (inet_interfaces)
// names, of the families that `protocols` (inet_protocols) names. Throws Error for an address that
// no interface has, or a name of no address.
std::vector<OwnAddress> own_addresses(const std::vector<std::string>& interfaces,
                                      const std::vector<std::string>& protocols);

// A value for mynetworks: with `style` subnet the networks of the interfaces, with class those of
// the address's class (IPv6: as subnet), with host the addresses alone. Throws Error for another.
std::string own_networks(const std::vector<OwnAddress>& addresses, std::string_view style);

}  // namespace config
