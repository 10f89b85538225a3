// KnownAddresses are the tables that say which addresses exist in this server's domains.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/address_search.h"
#include "lib/dict/extensions.h"
#include "lib/dict/maps.h"
#include "lib/route/router.h"
#include "smtpd/destination.h"

namespace smtpd {

class KnownAddresses {
  public:
    // Throws config::Error.
    KnownAddresses(const config::Settings& settings, dict::Tables& tables);

    // Who lists the address that `to` is about.
    struct Listing {
        enum State : uint8_t { yes, no, retry } state = yes;
        int code = 550;          // of the refusal, where it is not listed
        std::string_view table;  // "local recipient table"
    };
    // Whether a canonical or virtual alias table has it, so that it becomes another address.
    // `sender` says that sender_canonical_maps counts.
    io::Task<Listing> rewritten(const Destination& to, bool sender) const;
    // Whether the tables of its class have it. Where a class has no tables, all its addresses
    // exist.
    io::Task<Listing> listed(const Destination& to) const;

    // The users that own the address (smtpd_sender_login_maps).
    io::Task<dict::Lookup> owners(const Destination& to) const;
    bool has_owners() const { return !owners_.empty(); }

    bool shows_table() const { return shows_table_; }  // show_user_unknown_table_name
    int alias_code() const { return alias_code_; }     // unknown_virtual_alias_reject_code

  private:
    struct Group {
        route::Class address_class;
        dict::Maps maps;
        int code;
        std::string_view table;
    };
    io::Task<dict::Lookup> look_up(const dict::Maps& maps, const Destination& to) const;
    io::Task<Listing> find(const dict::Maps& maps, const Destination& to) const;
    dict::Maps local_maps(const config::Settings& settings, dict::Tables& tables);
    bool always_there(const Destination& to) const;

    std::vector<std::unique_ptr<dict::Table>> troubled_;  // what could not be opened
    dict::Maps canonical_, sender_canonical_, recipient_canonical_, virtual_alias_, owners_;
    std::vector<Group> groups_;
    std::string myorigin_;
    dict::Extensions extensions_;
    bool shows_table_;
    int alias_code_;
};

}  // namespace smtpd
