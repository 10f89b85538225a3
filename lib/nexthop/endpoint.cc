#include "lib/nexthop/endpoint.h"

namespace nexthop {

std::string_view name_of(Endpoint::Source source) {
    static constexpr std::string_view names[] = {"host",    "MX",     "SRV",
                                                 "address", "socket", "null-MX-list"};
    return names[static_cast<size_t>(source)];
}

}  // namespace nexthop
