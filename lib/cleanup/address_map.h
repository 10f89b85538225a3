// AddressMap asks the tables of one parameter what an address becomes (canonical(5), virtual(5)).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/address_search.h"
#include "lib/dict/extensions.h"
#include "lib/dict/maps.h"
#include "lib/dict/match_list.h"
#include "lib/io/task.h"
#include "lib/rewrite/rewriter.h"

namespace cleanup {

// The message cannot be taken now: what becomes of an address is not known.
struct MappingTrouble : std::runtime_error {
    enum Kind {
        lookup,     // a table does not answer
        expansion,  // tables give more than the limits allow
    };
    MappingTrouble(Kind of, const std::string& what) : std::runtime_error(what), kind(of) {}
    Kind kind;
};

// How addresses are taken apart, for all tables alike.
struct AddressRules {
    AddressRules() = default;
    AddressRules(const config::Settings& settings, dict::Tables& tables);

    // Whether bare names in tables stand for addresses of this domain.
    io::Task<bool> local(std::string_view domain) const;

    dict::Extensions extensions;
    std::string myorigin;
    dict::MatchList mydestination;
};

// Whether propagate_unmatched_extensions names `rewriting`.
bool propagates(const config::Settings& settings, std::string_view rewriting);

class AddressMap {
  public:
    AddressMap() = default;
    // `propagates`: an extension that no key had goes on to the addresses found. Throws
    // config::Error.
    AddressMap(const config::Settings& settings, dict::Tables& tables, std::string_view parameter,
               bool propagates);

    bool empty() const { return maps_.empty(); }
    const std::string& parameter() const { return parameter_; }
    // What `address` becomes, in external form and standard form; nothing where no table has it.
    // Throws MappingTrouble.
    io::Task<std::vector<std::string>> find(std::string_view address, const AddressRules& rules,
                                            const rewrite::Rewriter& rewriter) const;

  private:
    dict::Maps maps_;
    std::string parameter_;
    bool propagates_ = false;
};

}  // namespace cleanup
