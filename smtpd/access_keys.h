// The keys under which access tables are asked for a name, an address, a mail address (access(5)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/extensions.h"
#include "lib/dict/table.h"

namespace smtpd {

struct AccessKey {
    std::string text;
    dict::Key kind = dict::Key::whole;
    bool operator==(const AccessKey&) const = default;
};
using AccessKeys = std::vector<AccessKey>;

// What holds for all access tables.
struct AccessOptions {
    // example.com stands for what is below it too (parent_domain_matches_subdomains); otherwise
    // .example.com does.
    bool parents_match = true;
    std::string null_key = "<>";  // smtpd_null_access_lookup_key
    dict::Extensions extensions;

    static AccessOptions from(const config::Settings& settings);
};

// "a.b.c", then its parent domains; an address stands for itself only.
AccessKeys name_keys(std::string_view name, bool parents_match);
// "192.0.2.1", "192.0.2", "192.0", "192".
AccessKeys address_keys(std::string_view address);
// "user+ext@domain", "user@domain", the domain with its parents, "user+ext@", "user@". `address`
// is in external form.
AccessKeys mail_keys(std::string_view address, const AccessOptions& options);

}  // namespace smtpd
