// How tables are searched for an address: which keys, in which order (canonical(5), virtual(5),
// transport(5), access(5)).
#pragma once

#include <string>
#include <string_view>

#include "lib/dict/maps.h"
#include "lib/mail/extension.h"

namespace dict {

// The kinds of keys a search tries, in the order of the enumerators; combine with |.
enum Keys : unsigned {
    full = 1,           // user+extension@domain
    plain = 2,          // user@domain, without the extension
    local_full = 4,     // user+extension, only where the domain is local
    local_plain = 8,    // user, only where the domain is local
    at_domain = 16,     // @domain
    domain = 32,        // domain
    parents = 64,       // parent domains without a dot before them
    dot_parents = 128,  // parent domains with one
};
inline constexpr unsigned usual_keys = full | plain | local_full | local_plain | at_domain;

struct AddressSearch {
    unsigned keys = usual_keys;
    mail::ExtensionRules extensions;
    // Whether bare names stand for the domain of the address (it is $myorigin, or local).
    bool domain_is_local = false;
};

struct FoundAddress {
    Lookup lookup;
    std::string key;        // the key that was found
    std::string extension;  // "+extension" that was left out of the key, with its delimiter
};

// Searches for `address` (external form). Each key that holds a local part is asked in external
// form first, then, where that differs, without quotes; domains are parts (Key::part).
io::Task<FoundAddress> find_address(const Maps& maps, std::string_view address,
                                    AddressSearch search);

}  // namespace dict
