// Settings is what main.cf says of TLS, for one program and one side of a connection.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/own_settings.h"
#include "lib/tls/ciphers.h"
#include "lib/tls/protocols.h"

namespace tls {

// A parameter that names a file, so that messages can name it.
struct NamedFile {
    std::string parameter, where, path;
    explicit operator bool() const { return !path.empty(); }
};

// A certificate with its chain in one file, its key in another or the same.
struct CertificateFiles {
    NamedFile certificate, key;
};

// What both sides have. Reading it throws config::Error for a value that is none; files are read by
// the contexts.
struct Settings {
    // `own` is of "smtp", "lmtp" or "smtpd".
    explicit Settings(const config::OwnSettings& own);

    std::string program;
    Protocols protocols, mandatory_protocols;
    CipherLists cipher_lists;
    Grade grade, mandatory_grade;
    std::vector<std::string> excluded_ciphers, mandatory_excluded_ciphers;

    NamedFile authority_file, authority_directory;
    bool default_authorities;  // those of the system, beside these
    std::vector<NamedFile> chain_files;
    std::vector<CertificateFiles> certificates;  // used when there are no chain files

    std::string fingerprint_digest;
    bool legacy_key_fingerprints;
    std::string groups;  // curves and finite fields, in OpenSSL's form
    uint64_t options;    // SSL_OP_… to set
    int verify_depth;
    int log_level;
    base::Duration session_timeout;
};

struct ClientSettings : Settings {
    explicit ClientSettings(const config::OwnSettings& own);

    std::vector<std::string> trust_anchor_files;
    std::vector<std::string> dane_digests;  // strongest first
    bool wildcard_of_many_labels;
    bool keeps_sessions;  // smtp_tls_session_cache_database names something
};

struct ServerSettings : Settings {
    explicit ServerSettings(const config::Settings& settings);

    bool asks_for_certificate, requires_certificate;
    bool prefers_own_ciphers;
    bool always_issues_session_ids;
    std::string ticket_cipher;
    NamedFile key_exchange_file;  // DH parameters; empty: chosen by the strength of the key
};

}  // namespace tls
