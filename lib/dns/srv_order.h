// The order in which the servers of SRV records are tried.
#pragma once

#include <random>
#include <vector>

#include "lib/dns/record.h"

namespace dns {

// By priority; within one, each record's chance to come next is its weight's share (RFC 2782).
std::vector<Service> in_srv_order(std::vector<Service> services, std::mt19937& random);

}  // namespace dns
