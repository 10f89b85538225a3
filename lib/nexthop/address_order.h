// The order in which the addresses of one destination are tried, and which of them are not.
#pragma once

#include <cstdint>

#include "lib/config/own_addresses.h"
#include "lib/nexthop/endpoint.h"
#include "lib/nexthop/random.h"

namespace nexthop {

enum class AddressPreference : uint8_t { any, ipv4, ipv6 };

// Drops the exchangers that are not preferred to this machine, if it is one of them: all from the
// first on that has the same preference. True if it is. `endpoints` are in order of preference.
bool drop_from_ourselves(Endpoints& endpoints, const config::OwnAddresses& own);
void shuffle(Endpoints& endpoints, Random& random);
// By preference of the exchanger, then by family; what is equal stays in its order.
void put_in_order(Endpoints& endpoints, AddressPreference family);
// Of each host at each port its families in turn, beginning with that of its first address. What is
// of one preference stays together, hosts in the order of their first addresses.
void interleave_families(Endpoints& endpoints);
// Keeps both families among the first `limit`: half of the places for each, the odd one for the
// family of the first address, unless one family needs less than half. Nothing where `limit` is 0
// or there is but one family.
void balance_families(Endpoints& endpoints, size_t limit);

}  // namespace nexthop
