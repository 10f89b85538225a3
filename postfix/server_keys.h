// ServerKeys makes private keys of smtpd with their certificates, and tells what others must know
// of them; openssl(1) does the work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"

namespace postfix {

// One algorithm of keys, and where main.cf has the server's.
struct KeyKind {
    std::string_view name;   // "rsa"
    std::string_view start;  // of the names of files: "", "ec"
    std::string_view cert;   // parameters
    std::string_view key;
    std::string_view strength;  // bits or curve, by default
};

// Null for another name.
const KeyKind* key_kind(std::string_view name);
const std::vector<KeyKind>& key_kinds();

struct KeyPair {
    std::string cert, key;  // paths
};

class ServerKeys {
  public:
    explicit ServerKeys(const config::Settings& settings)
        : settings_(settings), openssl_(settings.text("openssl_path")) {}

    // A new key, or the one that is deployed where `keep` says so and there is one, and a
    // certificate for `hosts` that it signed itself; in files of the configuration directory with
    // the time in their names. All throw config::Error, base::SystemError.
    KeyPair make(const KeyKind& kind, std::string_view strength,
                 const std::vector<std::string>& hosts, bool keep) const;
    // What asks an authority for a certificate.
    std::string request(const std::string& key, const std::vector<std::string>& hosts) const;
    // TLSA records "3 1 1" of a server at port 25, a line for the key.
    std::string tlsa(const std::string& key, const std::string& host) const;
    // Of which kind the certificate is. Throws where the key is not its own.
    const KeyKind& match(const KeyPair& pair) const;

    // Of a name as people write it: an algorithm means the deployed key, "" where there is none;
    // a path is below the configuration directory.
    std::string path_of(std::string_view name) const;

  private:
    std::string public_key(const std::string& key) const;
    std::string new_key(const KeyKind& kind, std::string_view strength) const;
    KeyPair unused_names(const KeyKind& kind) const;

    const config::Settings& settings_;
    std::string openssl_;
};

}  // namespace postfix
