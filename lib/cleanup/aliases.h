// Aliases expand a recipient by virtual_alias_maps (virtual(5)).
#pragma once

#include <string>
#include <vector>

#include "lib/cleanup/address_map.h"

namespace cleanup {

class Aliases {
  public:
    Aliases() = default;
    // Throws config::Error.
    Aliases(const config::Settings& settings, dict::Tables& tables);

    bool empty() const { return map_.empty(); }
    // All that `recipient` stands for: aliases of aliases too, itself where it has none, and where
    // it is one of its own. Throws MappingTrouble, for circles of aliases too.
    io::Task<std::vector<std::string>> expand(const std::string& recipient,
                                              const AddressRules& rules,
                                              const rewrite::Rewriter& rewriter) const;

    struct Limits {
        size_t recursion = 1000;       // virtual_alias_recursion_limit
        size_t expansion = 1000;       // virtual_alias_expansion_limit
        size_t address_length = 1000;  // virtual_alias_address_length_limit
    };

  private:
    AddressMap map_;
    Limits limits_;
};

}  // namespace cleanup
