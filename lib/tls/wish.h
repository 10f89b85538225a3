// Wish is how one client connection is to be made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/tls/ciphers.h"
#include "lib/tls/protocols.h"
#include "lib/tls/tlsa.h"

namespace tls {

// By what the server's certificate is verified. The chain of certificates is always judged, for the
// words of the log.
enum class Check {
    nothing,       // levels may and encrypt
    names,         // a trusted chain, and one of `names`: levels verify and secure
    fingerprints,  // one of `fingerprints`, whoever signed it: level fingerprint
    tlsa,          // one of `tlsa`: levels dane and dane-only
};

struct Wish {
    Wish();

    Check check = Check::nothing;
    // For anything above opportunistic TLS: takes the mandatory protocols and ciphers of main.cf.
    bool mandatory = false;
    // SNI, when it is not empty.
    std::string server_name;
    // Names in full, or ".example.com" for all below it. For `tlsa`: the names that a certificate
    // found by an authority's record (usage 2) may have.
    std::vector<std::string> names;
    // In hexadecimal, with or without colons, of the certificate or of its public key.
    std::vector<std::string> fingerprints;
    std::vector<Tlsa> tlsa;
    // Files of the only authorities that are trusted: in place of those of main.cf, unless empty.
    std::vector<std::string> trust_anchor_files;

    // In place of what main.cf says.
    std::optional<Protocols> protocols;
    std::optional<Grade> grade;
    std::optional<std::vector<std::string>> excluded_ciphers;

    // A session is resumed only with an equal key and an equal wish: name whom the connection is
    // with (service, host, address, port, EHLO name). Empty: none is kept.
    std::string session_key;
    // "NAME[ADDRESS]:PORT", for the lines of log level 2 and up.
    std::string peer;
    // Whether Facts::chain is filled, which costs time.
    bool wants_chain = false;
};

}  // namespace tls
