// Dane finds out what the TLS levels dane and dane-only come to at one host (RFC 7672).
//
// | TLSA records of the host           | dane          | dane-only |
// |------------------------------------|---------------|-----------|
// | usable ones                        | they decide   | they decide |
// | none that can be used              | as encrypt    | no delivery |
// | none, or none that DNSSEC vouches for | as may     | no delivery |
// | name servers do not say            | no delivery   | no delivery |
//
// Nor is there a delivery at either level where name servers did not say which MX or SRV records
// the destination has, whatever is done without them elsewhere.
//
// Where MX or SRV records that nobody vouches for led to the host, smtp_tls_dane_insecure_mx_policy
// says what its records are worth, and there is no delivery at level dane-only.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "lib/config/own_settings.h"
#include "lib/dns/resolver.h"
#include "lib/io/task.h"
#include "lib/nexthop/site_lookup.h"
#include "lib/nexthop/tls_policies.h"
#include "lib/nexthop/tlsa_lookup.h"
#include "lib/tls/tlsa.h"

namespace nexthop {

struct DaneSettings {
    std::string obstacle;         // why no record can be trusted here: "dnssec lookups disabled"
    bool insecure_hosts = false;  // are asked about too
    TlsLevel insecure_mx = TlsLevel::dane;  // may, encrypt or dane

    // Of smtp or lmtp. Throws config::Error.
    static DaneSettings from(const config::OwnSettings& own, const LookupOptions& lookup);
};

class Dane {
  public:
    // Whether a record can be used here: see tls::ClientContext.
    using Usable = std::function<bool(const tls::Tlsa&)>;

    // `resolver` outlives it.
    Dane(DaneSettings settings, dns::Resolver& resolver, Usable usable)
        : settings_(std::move(settings)), resolver_(resolver), usable_(std::move(usable)) {}

    // `found`, whose level is dane or dane-only, as it is for this visit. Both outlive the task.
    io::Task<FoundTlsPolicy> apply(const FoundTlsPolicy& found, const Visit& visit) const;

  private:
    std::vector<tls::Tlsa> usable_of(const Tlsa& found, const Visit& visit) const;
    FoundTlsPolicy with_records(FoundTlsPolicy found, const Visit& visit,
                                const Tlsa& records) const;

    DaneSettings settings_;
    dns::Resolver& resolver_;
    Usable usable_;
};

}  // namespace nexthop
