// Restrictions that ask for the client's certificate, or whether the session is private.
#include "smtpd/access_entry.h"
#include "smtpd/policy.h"
#include "smtpd/rules.h"
#include "smtpd/session.h"
#include "smtpd/starttls.h"

namespace smtpd::rules {

namespace {

struct SearchKey {
    std::string_view name;
    std::string tls::Facts::*fact;
};

constexpr SearchKey search_keys[] = {
    {"cert_fingerprint", &tls::Facts::certificate_fingerprint},
    {"pubkey_fingerprint", &tls::Facts::key_fingerprint},
};

const SearchKey* find_search_key(std::string_view name) {
    for (const SearchKey& key : search_keys)
        if (key.name == name)
            return &key;
    return nullptr;
}

const tls::Facts* certificate_of(const Session& session) {
    return session.tls && session.tls->has_certificate() ? session.tls.get() : nullptr;
}

}  // namespace

Verdict reject_plaintext_session(Check& check, const Rule&) {
    if (check.session().tls)
        return Verdict::dunno;
    return check.reject(
        {check.policy().codes().plaintext, "4.7.1", "Session encryption is required"});
}

Verdict permit_tls_all_clientcerts(Check& check, const Rule&) {
    return has_trusted_certificate(check.session()) ? Verdict::permit : Verdict::dunno;
}

// A fingerprint names one certificate: nobody else need trust it.
io::Task<Verdict> permit_tls_clientcerts(Check& check, const Rule&) {
    const tls::Facts* certificate = certificate_of(check.session());
    if (certificate == nullptr)
        co_return Verdict::dunno;
    dict::Lookup lookup = co_await check.policy().find_certificate(*certificate);
    if (lookup.retry())
        co_return check.lookup_trouble(check.session().client.text());
    co_return lookup.found() ? Verdict::permit : Verdict::dunno;
}

io::Task<Verdict> check_ccert_access(Check& check, const Rule& rule) {
    const tls::Facts* certificate = certificate_of(check.session());
    if (certificate == nullptr)
        co_return Verdict::dunno;
    AccessKeys keys;
    for (const std::string& name : rule.search)
        if (const SearchKey* key = find_search_key(name))
            keys.push_back({certificate->*key->fact, dict::Key::whole});
    const Subject subject{certificate->subject_cn, kinds::certificate};
    std::optional<Verdict> verdict = co_await ask_table(check, rule, keys, subject);
    co_return verdict.value_or(Verdict::dunno);
}

}  // namespace smtpd::rules
