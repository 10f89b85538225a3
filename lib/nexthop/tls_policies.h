// TlsPolicies finds the TLS policy of mail for one host of a next hop: smtp_tls_policy_maps,
// smtp_tls_security_level and their older forms.
//
// The tables are asked for the element of the next hop as it is written and, where that is a bare
// domain, for ".parent" of each domain above it; then for the whole of a list; then for the host
// that was found. What a host's entry says does not weaken main.cf's level where MX or SRV records,
// which anybody might forge, led to the host; nor does it say what certificate will do then, where
// main.cf has the same level.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/own_settings.h"
#include "lib/dict/maps.h"
#include "lib/io/task.h"
#include "lib/mail/dsn.h"
#include "lib/nexthop/tls_policy.h"
#include "lib/nexthop/visit.h"

namespace nexthop {

struct FoundTlsPolicy {
    FoundTlsPolicy() = default;
    TlsPolicy policy;
    // Why there is none now, for the log; mail does not go there then, and if it can go nowhere
    // else, it waits for this `reason`.
    std::string trouble;
    mail::Dsn dsn{4, 7, 5};
    std::string reason = "client TLS configuration problem";
};

class TlsPolicies {
  public:
    // No TLS for anybody.
    TlsPolicies() = default;
    // Of smtp or lmtp; its tables are opened in `tables`, which outlive this. Throws config::Error.
    static TlsPolicies of(const config::OwnSettings& own, dict::Tables& tables);

    // No connection will be under TLS.
    bool none() const;
    // The policy that all mail has, if it is the same for all.
    bool same_for_all() const;
    const TlsPolicy& usual() const { return defaults_.policy; }
    const TlsDefaults& defaults() const { return defaults_; }

    // The same as a second ago, at most. Warns of entries that are wrong.
    io::Task<FoundTlsPolicy> find(Visit visit);

  private:
    struct Remembered {
        FoundTlsPolicy found;
        base::Instant until;
    };
    struct Entry {
        Entry() = default;
        dict::Lookup lookup;
        std::string key;
        bool of_host = false;  // and found by its name alone
    };

    io::Task<FoundTlsPolicy> ask(Visit visit);
    io::Task<Entry> entry_of(Visit visit);
    io::Task<FoundTlsPolicy> ask_per_site(Visit visit);
    FoundTlsPolicy judged(const Entry& entry) const;
    FoundTlsPolicy fitted(FoundTlsPolicy found, const Visit& visit) const;

    std::string program_ = "smtp";
    TlsDefaults defaults_;
    dict::Maps maps_;
    dict::Maps per_site_;
    std::map<std::string, Remembered> remembered_;  // by all of a visit that matters
};

// The defaults of smtp or lmtp. Throws config::Error.
TlsDefaults tls_defaults(const config::OwnSettings& own);
// What is wrong with an entry of smtp_tls_policy_maps, with table and key, for `postfix check`.
std::vector<std::string> tls_policy_problems(std::string_view table, std::string_view key,
                                             std::string_view value, const TlsDefaults& defaults);

}  // namespace nexthop
