// TransportMaps are the tables of transport_maps and how they are searched (transport(5)).
#pragma once

#include <string_view>

#include "lib/dict/address_search.h"
#include "lib/dict/extensions.h"
#include "lib/route/trace.h"
#include "lib/route/transport_value.h"

namespace route {

class TransportMaps {
  public:
    // Throws config::Error.
    TransportMaps(const config::Settings& settings, dict::Tables& tables, Trace* trace = nullptr);

    // Keys in order: the address, the address without extension, its domain, parent domains, "*".
    io::Task<dict::Lookup> find(std::string_view address) const;

  private:
    dict::Maps maps_;
    dict::Extensions extensions_;
    unsigned keys_;
};

// What a value of such a table makes of `way`; `domain` is the recipient's.
TransportValue redirected(TransportValue way, const TransportValue& value, std::string_view domain,
                          const config::Transports& transports);

}  // namespace route
