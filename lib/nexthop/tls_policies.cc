#include "lib/nexthop/tls_policies.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"

namespace nexthop {
namespace {

constexpr base::Duration memory = std::chrono::seconds(1);
constexpr size_t most_remembered = 1000;

// "[a], [b]" as "[a],[b]": keys of most tables hold no white space.
std::string joined(std::string_view nexthop) {
    std::string text;
    for (std::string_view element : base::split(nexthop, ", \t\r\n"))
        base::append(text, text.empty() ? "" : ",", element);
    return text;
}

// A domain without brackets or a port: entries for ".parent" are for it too.
bool is_bare(const Visit& visit) {
    return base::equal_nocase(visit.element, visit.domain) &&
           visit.element.find(':') == std::string::npos;
}

std::vector<std::string> keys_of(const Visit& visit) {
    std::vector<std::string> keys = {visit.element};
    if (is_bare(visit))
        for (size_t dot = visit.element.find('.', 1); dot != std::string::npos;
             dot = visit.element.find('.', dot + 1))
            keys.push_back(visit.element.substr(dot));
    for (std::string whole : {visit.nexthop, joined(visit.nexthop)})
        if (std::ranges::find(keys, whole) == keys.end())
            keys.push_back(std::move(whole));
    return keys;
}

std::vector<std::string> split_all(const std::vector<std::string>& words) {
    std::vector<std::string> parts;
    for (const std::string& word : words)
        for (std::string_view one : base::split(word, ":"))
            parts.emplace_back(one);
    return parts;
}

// The newer parameter, or else those that it took the place of.
TlsLevel level_of(const config::OwnSettings& own) {
    std::string text = own.text("_tls_security_level");
    if (std::optional<TlsLevel> level = parse_tls_level(text))
        return *level;
    if (!text.empty())
        own.refuse("_tls_security_level", "a TLS security level");
    if (own.flag("_enforce_tls"))
        return own.flag("_tls_enforce_peername") ? TlsLevel::verify : TlsLevel::encrypt;
    return own.flag("_use_tls") ? TlsLevel::may : TlsLevel::none;
}

// Words of smtp_tls_per_site.
struct SiteWord {
    std::string_view word;
    TlsLevel level;
};
constexpr SiteWord site_words[] = {{"NONE", TlsLevel::none},
                                   {"MAY", TlsLevel::may},
                                   {"MUST_NOPEERMATCH", TlsLevel::encrypt},
                                   {"MUST", TlsLevel::verify}};

// A demand outweighs no TLS, and that outweighs a mere wish.
void combine(std::optional<TlsLevel>& known, TlsLevel other) {
    bool weak = known && *known <= TlsLevel::may;
    if (!known || (other == TlsLevel::none ? weak : other > std::max(*known, TlsLevel::may)))
        known = other;
}

FoundTlsPolicy not_known(std::string trouble) {
    FoundTlsPolicy found;
    found.trouble = std::move(trouble);
    found.dsn = {4, 3, 0};
    found.reason = "temporary lookup error";
    return found;
}

}  // namespace

TlsDefaults tls_defaults(const config::OwnSettings& own) {
    TlsDefaults defaults;
    defaults.verify_match = split_all(own.list("_tls_verify_cert_match"));
    defaults.secure_match = split_all(own.list("_tls_secure_cert_match"));
    defaults.fingerprints = own.list("_tls_fingerprint_cert_match");
    defaults.enforce_mx_patterns = own.flag("_tls_enforce_sts_mx_patterns");
    defaults.policy.wrapped = own.flag("_tls_wrappermode");
    defaults.policy.reuse = own.flag("_tls_connection_reuse");
    defaults.policy.server_name = own.text("_tls_servername");
    TlsLevel level = level_of(own);
    std::string parameter = own.name("_tls_security_level");
    defaults.policy.source.text = base::text(parameter, " = ", name_of(level));
    defaults.policy = defaults.at(level);
    return defaults;
}

TlsPolicies TlsPolicies::of(const config::OwnSettings& own, dict::Tables& tables) {
    TlsPolicies policies;
    policies.program_ = own.program();
    policies.defaults_ = tls_defaults(own);
    policies.maps_ = dict::Maps::of(tables, own.all(), own.name("_tls_policy_maps"));
    if (policies.maps_.empty())
        policies.per_site_ = dict::Maps::of(tables, own.all(), own.name("_tls_per_site"));
    return policies;
}

bool TlsPolicies::none() const {
    return same_for_all() && defaults_.policy.level == TlsLevel::none && !defaults_.policy.wrapped;
}

// A policy that cannot be obeyed is found out for each visit.
bool TlsPolicies::same_for_all() const {
    const TlsPolicy& policy = defaults_.policy;
    return maps_.empty() && per_site_.empty() && !policy.names_nexthop() &&
           (!policy.wrapped || is_mandatory(policy.level)) &&
           (policy.level != TlsLevel::fingerprint || !policy.match.empty());
}

io::Task<FoundTlsPolicy> TlsPolicies::find(Visit visit) {
    std::string key = base::text(visit.nexthop, '\n', visit.element, '\n', visit.host, '\n',
                                 visit.host_from_dns ? "dns" : "");
    base::Instant now = io::loop().now();
    auto known = remembered_.find(key);
    if (known != remembered_.end() && known->second.until > now)
        co_return known->second.found;
    FoundTlsPolicy found = co_await ask(visit);
    if (!found.trouble.empty())
        base::log::warning(base::text("TLS policy of ", base::printable(visit.element), " (host ",
                                      base::printable(visit.host), "): ", found.trouble));
    if (remembered_.size() >= most_remembered)
        remembered_.clear();
    remembered_.insert_or_assign(std::move(key), Remembered{found, now + memory});
    co_return found;
}

io::Task<FoundTlsPolicy> TlsPolicies::ask(Visit visit) {
    if (!per_site_.empty()) {
        FoundTlsPolicy found = co_await ask_per_site(visit);
        co_return fitted(std::move(found), visit);
    }
    Entry entry = co_await entry_of(visit);
    FoundTlsPolicy found = judged(entry);
    // Who forges a host's name is not to choose a weaker policy with it; nor, at the same level,
    // the names that a certificate may have.
    TlsLevel level = found.policy.level;
    bool same_check = level == usual().level && level >= TlsLevel::dane_only;
    bool weaker = entry.of_host && visit.host_from_dns && (level < usual().level || same_check);
    if (weaker && found.trouble.empty())
        found.policy = usual();
    co_return fitted(std::move(found), visit);
}

io::Task<TlsPolicies::Entry> TlsPolicies::entry_of(Visit visit) {
    Entry entry;
    std::vector<std::string> keys = keys_of(visit);
    size_t own = keys.size();
    if (std::ranges::find(keys, visit.host) == keys.end())
        keys.push_back(visit.host);
    for (size_t i = 0; i < keys.size(); ++i) {
        bool parent = i > 0 && i < own && keys[i].starts_with('.');
        entry.key = keys[i];
        entry.of_host = i >= own;
        dict::Key kind = parent ? dict::Key::part : dict::Key::whole;
        dict::Lookup lookup = co_await maps_.find(entry.key, kind);
        entry.lookup = std::move(lookup);
        if (!entry.lookup.none())
            break;
    }
    co_return entry;
}

FoundTlsPolicy TlsPolicies::judged(const Entry& entry) const {
    FoundTlsPolicy found;
    if (entry.lookup.none())
        found.policy = usual();
    if (entry.lookup.retry())
        found = not_known(base::text(program_, "_tls_policy_maps: ", entry.lookup.value));
    if (!entry.lookup.found())
        return found;
    std::string place = base::text(program_, "_tls_policy_maps, table ", entry.lookup.table,
                                   ", key ", base::printable(entry.key));
    ReadTlsPolicy read = read_tls_policy(entry.lookup.value, defaults_);
    for (const std::string& warning : read.warnings)
        base::log::warning(base::text(place, ": ", warning));
    if (!read.policy) {
        found.trouble = base::text(place, ": ", read.problem);
        return found;
    }
    found.policy = std::move(*read.policy);
    found.policy.source.text = std::move(place);
    return found;
}

io::Task<FoundTlsPolicy> TlsPolicies::ask_per_site(Visit visit) {
    FoundTlsPolicy found;
    std::optional<TlsLevel> level;
    std::vector<std::string> keys = {visit.element, visit.host};
    for (size_t i = 0; i < keys.size() && found.trouble.empty(); ++i) {
        dict::Lookup lookup = co_await per_site_.find(keys[i]);
        if (lookup.retry())
            found = not_known(base::text(program_, "_tls_per_site: ", lookup.value));
        if (!lookup.found())
            continue;
        auto row = std::ranges::find_if(site_words, [&](const SiteWord& each) {
            return base::equal_nocase(base::trim(lookup.value), each.word);
        });
        if (row == std::end(site_words))
            found.trouble =
                base::text(program_, "_tls_per_site, table ", lookup.table, ", key ",
                           base::printable(keys[i]), ": expected NONE, MAY, MUST or ",
                           "MUST_NOPEERMATCH instead of \"", base::printable(lookup.value), '"');
        else
            combine(level, row->level);
    }
    bool mere_wish = level == TlsLevel::may && usual().level > TlsLevel::may;
    found.policy = !level || mere_wish ? usual() : defaults_.at(*level);
    if (level && !mere_wish)
        found.policy.source.text = base::text(program_, "_tls_per_site");
    co_return found;
}

// With what holds for this visit alone.
FoundTlsPolicy TlsPolicies::fitted(FoundTlsPolicy found, const Visit& visit) const {
    TlsPolicy& policy = found.policy;
    if (policy.names_nexthop())
        policy.domain = visit.domain;
    if (!found.trouble.empty())
        return found;
    if (policy.wrapped && !is_mandatory(policy.level))
        found.trouble = base::text(program_, "_tls_wrappermode = yes needs ", program_,
                                   "_tls_security_level = encrypt or stronger; it is ",
                                   name_of(policy.level), " (", policy.source.text, ")");
    else if (policy.level == TlsLevel::fingerprint && policy.match.empty())
        found.trouble =
            base::text("level fingerprint without a fingerprint (", policy.source.text, ")");
    if (found.trouble.empty() && !policy.allows_host(visit.host)) {
        found.reason =
            base::text("host ", visit.host, " is not in the MTA-STS policy of ", visit.domain);
        found.trouble =
            base::text("the MTA-STS policy has no such host (", policy.source.text, ")");
    }
    return found;
}

std::vector<std::string> tls_policy_problems(std::string_view table, std::string_view key,
                                             std::string_view value, const TlsDefaults& defaults) {
    std::vector<std::string> problems;
    ReadTlsPolicy read = read_tls_policy(value, defaults);
    std::string place = base::text("table ", table, ": key ", base::printable(key), ": ");
    if (!read.policy)
        problems.push_back(place + read.problem);
    for (const std::string& warning : read.warnings)
        problems.push_back(place + warning);
    return problems;
}

}  // namespace nexthop
