// SenderMaps are tables that are asked by sender: sender_dependent_relayhost_maps and
// sender_dependent_default_transport_maps.
#pragma once

#include <string>
#include <string_view>

#include "lib/dict/address_search.h"
#include "lib/dict/extensions.h"
#include "lib/route/domains.h"
#include "lib/route/trace.h"

namespace route {

class SenderMaps {
  public:
    // `null_key` names the parameter with the key of the null sender. Throws config::Error.
    SenderMaps(const config::Settings& settings, dict::Tables& tables, std::string_view parameter,
               std::string_view null_key, Trace* trace = nullptr);

    // What is set for `sender`; none too where the value is DUNNO.
    io::Task<dict::Lookup> find(const Domains& domains, std::string_view sender) const;

  private:
    dict::Maps maps_;
    std::string null_key_;
    dict::Extensions extensions_;
};

}  // namespace route
