// TlsPolicy is whether a connection is to be under TLS, and with what server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/tls/ciphers.h"
#include "lib/tls/protocols.h"
#include "lib/tls/tlsa.h"

namespace nexthop {

// As main.cf and tables name them, the weakest first. dane counts as what it is without TLSA
// records.
enum class TlsLevel : uint8_t { none, may, dane, encrypt, dane_only, fingerprint, verify, secure };

// In any case; none for a word that is none.
std::optional<TlsLevel> parse_tls_level(std::string_view word);
std::string_view name_of(TlsLevel level);
// Whether there is no delivery without TLS.
inline bool is_mandatory(TlsLevel level) {
    return level >= TlsLevel::encrypt;
}
// Whether TLSA records say what the server's certificate is.
inline bool asks_for_tlsa(TlsLevel level) {
    return level == TlsLevel::dane || level == TlsLevel::dane_only;
}

// For people: makes no difference between policies.
struct Remark {
    std::string text;
    bool operator==(const Remark&) const { return true; }
};

struct TlsPolicy {
    TlsLevel level = TlsLevel::none;
    bool wrapped = false;  // TLS from the first byte
    // Names that a certificate may have: "hostname", "nexthop", "dot-nexthop", a name or ".parent";
    // at level fingerprint digests of it or of its key.
    std::vector<std::string> match;
    std::string server_name;  // of SNI: a name, "hostname", "nexthop"; "": none
    // What "nexthop" means; "" where nothing here asks for that, so that it makes no difference.
    std::string domain;
    std::optional<tls::Protocols> protocols;           // these three in place
    std::optional<tls::Grade> grade;                   // of what main.cf says,
    std::optional<std::vector<std::string>> excluded;  // for mandatory TLS or the other
    std::vector<std::string> trust_anchor_files;       // empty: those of main.cf
    bool reuse = true;                                 // the connection may be kept for more mail
    // Of an MTA-STS policy: the only hosts that may be asked, "mx.example" or "*.example".
    std::vector<std::string> mx_patterns;
    // At level dane and dane-only: the records that the server's certificate is to match, with the
    // name of the host that has them.
    std::vector<tls::Tlsa> tlsa;
    std::string tlsa_domain;
    // Who matches them is the host that the mail is for, not just one that unsigned records name.
    bool proves_nexthop = true;
    Remark source;  // where it was found: "smtp_tls_policy_maps, hash:/x, key y"

    bool operator==(const TlsPolicy&) const = default;

    // Whether "nexthop" stands for something in it.
    bool names_nexthop() const;
    // Whether an MTA-STS policy, if it is one, has this host.
    bool allows_host(std::string_view host) const;
};

// Whether no mail goes without TLS, or to another server than it names.
inline bool demands_tls(const TlsPolicy& policy) {
    return is_mandatory(policy.level) || !policy.tlsa.empty();
}

// What main.cf says where an entry of a table says nothing.
struct TlsDefaults {
    TlsPolicy policy;  // for what no table knows
    std::vector<std::string> verify_match, secure_match, fingerprints;
    bool enforce_mx_patterns = true;

    // The default policy of another level.
    TlsPolicy at(TlsLevel level) const;
    // What is left of `strong` where nothing is demanded of a server: level may at most, but for a
    // port that knows nothing but TLS.
    TlsPolicy without_demands(const TlsPolicy& strong) const;
};

// What an entry of smtp_tls_policy_maps says.
struct ReadTlsPolicy {
    std::optional<TlsPolicy> policy;    // none: it is wrong
    std::string problem;                // why
    std::vector<std::string> warnings;  // what has no effect
};
ReadTlsPolicy read_tls_policy(std::string_view entry, const TlsDefaults& defaults);

}  // namespace nexthop
