#include "lib/nexthop/dane.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dns/host_lookup.h"

namespace nexthop {
namespace {

constexpr std::string_view misconfigured = "client TLS configuration problem";

FoundTlsPolicy refused(FoundTlsPolicy found, std::string trouble, std::string_view reason) {
    found.trouble = std::move(trouble);
    found.reason = reason;
    found.dsn = {4, 7, 5};
    return found;
}

FoundTlsPolicy at_level(FoundTlsPolicy found, TlsLevel level, std::string_view why) {
    base::append(found.policy.source.text, "; ", name_of(level), " there: ", why);
    found.policy.level = level;
    if (!found.policy.names_nexthop())
        found.policy.domain.clear();
    return found;
}

// Nothing says that the host has TLS at all.
FoundTlsPolicy without_records(FoundTlsPolicy found, std::string_view why) {
    if (found.policy.level == TlsLevel::dane_only)
        return refused(std::move(found), std::string(why), why);
    return at_level(std::move(found), TlsLevel::may, why);
}

// It has TLS, and nothing to verify it by.
FoundTlsPolicy unverifiable(FoundTlsPolicy found, std::string trouble, std::string_view reason) {
    if (found.policy.level == TlsLevel::dane_only)
        return refused(std::move(found), std::move(trouble), reason);
    base::log::warning(trouble);
    return at_level(std::move(found), TlsLevel::encrypt, reason);
}

// Anybody may have made the records that led to the host.
bool is_forgeable(const Visit& visit) {
    return visit.host_from_dns && !visit.provenance.domain_secure;
}

std::string obstacle_of(const config::OwnSettings& own, const LookupOptions& lookup) {
    dns::HostLookup::Options hosts =
        dns::HostLookup::Options::from(own.all(), own.name("_host_lookup"));
    if (!lookup.dnssec || !hosts.dns)
        return "dnssec lookups disabled";
    // Whoever makes a look-up fail would choose the host.
    if (lookup.ignore_mx_error && own.program() != "lmtp")
        return "MX lookup errors ignored";
    return lookup.search.any() ? "names that are searched for in other domains" : "";
}

}  // namespace

DaneSettings DaneSettings::from(const config::OwnSettings& own, const LookupOptions& lookup) {
    DaneSettings settings;
    settings.obstacle = obstacle_of(own, lookup);
    settings.insecure_hosts = own.flag("_tls_force_insecure_host_tlsa_lookup");
    // LMTP knows no mail exchangers.
    if (own.program() == "lmtp")
        return settings;
    settings.insecure_mx =
        parse_tls_level(own.all().text("smtp_tls_dane_insecure_mx_policy")).value_or(TlsLevel::may);
    return settings;
}

std::vector<tls::Tlsa> Dane::usable_of(const Tlsa& found, const Visit& visit) const {
    std::vector<tls::Tlsa> usable;
    for (const dns::Certificate& each : found.records) {
        tls::Tlsa record{each.usage, each.selector, each.matching, each.data};
        if (usable_(record))
            usable.push_back(std::move(record));
        else
            base::log::warning(base::text('_', visit.port, "._tcp.", found.base_domain,
                                          ": unusable TLSA record: ", text_of(each)));
    }
    // Name servers give them in any order, which makes no difference.
    std::ranges::sort(usable);
    return usable;
}

FoundTlsPolicy Dane::with_records(FoundTlsPolicy found, const Visit& visit,
                                  const Tlsa& records) const {
    std::vector<tls::Tlsa> usable = usable_of(records, visit);
    if (usable.empty())
        return unverifiable(std::move(found), "TLSA records unusable", "TLSA records unusable");
    bool forgeable = is_forgeable(visit);
    if (forgeable && settings_.insecure_mx == TlsLevel::encrypt)
        return at_level(std::move(found), TlsLevel::encrypt, "non DNSSEC destination");
    TlsPolicy& policy = found.policy;
    policy.tlsa = std::move(usable);
    policy.tlsa_domain = records.base_domain;
    // RFC 7672 section 3.2.2: what leads to the records, as it is written and behind its aliases.
    policy.match = {records.base_domain};
    for (const std::string& name : {visit.provenance.domain_end, visit.provenance.domain})
        if (!name.empty() && std::ranges::find(policy.match, name) == policy.match.end())
            policy.match.push_back(name);
    if (policy.server_name != "nexthop")
        policy.domain.clear();
    policy.proves_nexthop = !forgeable;
    return found;
}

io::Task<FoundTlsPolicy> Dane::apply(const FoundTlsPolicy& found, const Visit& visit) const {
    if (visit.port == 0)
        co_return refused(found,
                          base::text("level ", name_of(found.policy.level),
                                     " means nothing for delivery via UNIX-domain sockets"),
                          misconfigured);
    if (!settings_.obstacle.empty())
        co_return unverifiable(found,
                               base::text(visit.element, ": ", name_of(found.policy.level),
                                          " configured with ", settings_.obstacle),
                               misconfigured);
    if (visit.provenance.unanswered) {
        std::string reason = base::text("MX or SRV lookup error for ", visit.domain);
        co_return refused(found, reason, reason);
    }
    bool worthless =
        settings_.insecure_mx == TlsLevel::may || found.policy.level == TlsLevel::dane_only;
    if (is_forgeable(visit) && worthless)
        co_return without_records(found, "non DNSSEC destination");
    Tlsa records = co_await find_tlsa(resolver_, visit.provenance, visit.port,
                                      settings_.insecure_hosts, visit.trace);
    if (records.state == Tlsa::State::none)
        co_return without_records(found, "no TLSA records found");
    if (records.state == Tlsa::State::found)
        co_return with_records(found, visit, records);
    base::log::warning(base::text("DANE TLSA lookup problem: ", records.reason));
    std::string reason = base::text("TLSA lookup error for ", visit.host, ':', visit.port);
    co_return refused(found, reason, reason);
}

}  // namespace nexthop
