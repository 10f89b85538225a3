// AddressMemory keeps the endpoints that relays had last, for when name servers are in trouble.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/time.h"
#include "lib/nexthop/endpoint.h"

namespace nexthop {

class AddressMemory {
  public:
    // Relays beyond this number push out the one that was kept longest ago.
    explicit AddressMemory(size_t most_relays = 1000) : most_relays_(most_relays) {}

    void keep(std::string_view relay, const Endpoints& endpoints, base::Instant now);
    // Those kept for not longer than `time`, marked as stale; none where there are none.
    Endpoints recall(std::string_view relay, base::Duration time, base::Instant now) const;

  private:
    struct Kept {
        Endpoints endpoints;
        base::Instant at;
    };

    size_t most_relays_;
    std::map<std::string, Kept, std::less<>> relays_;
};

}  // namespace nexthop
