// Reading certificates and keys in PEM.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/tls/handles.h"

namespace tls {

// A key, the certificate that goes with it, and the authorities above that.
struct KeyWithChain {
    Key key;
    Cert certificate;
    Certs above;
};

// What is wrong with what was read, for an error that names its place.
struct PemError {
    std::string reason;
};

// Keys, each followed by its certificate and that one's chain. Throws PemError for anything else.
std::vector<KeyWithChain> read_chains(std::string_view text);
// The first certificate of one text with the authorities behind it, and the first key of another.
KeyWithChain read_pair(std::string_view certificates, std::string_view key);

// All certificates among what else there is.
std::vector<Cert> read_certificates(std::string_view text);

// Certificates or public keys.
struct TrustAnchor {
    bool is_key;
    std::string der;
};
std::vector<TrustAnchor> read_trust_anchors(std::string_view text);

// The content of a file. Throws PemError.
std::string file_content(const std::string& path);

// Wipes and empties what had a key in it.
void wipe(std::string& secret);

}  // namespace tls
