// The chance by which relays and addresses are drawn.
#pragma once

#include <random>

namespace nexthop {

using Random = std::mt19937;

}  // namespace nexthop
