// Facts is what is known of a TLS connection once the handshake is over.
#pragma once

#include <string>
#include <vector>

#include "lib/base/time.h"

namespace tls {

// What the peer's certificate is worth.
enum class PeerStatus {
    anonymous,  // it has none
    untrusted,  // no trusted chain
    trusted,    // a trusted chain
    verified,   // and all that was asked of it holds
};

// "Anonymous", "Untrusted", "Trusted", "Verified", as log lines begin.
const char* peer_status_word(PeerStatus status);

// How one side proved that it has its key (TLS 1.3 only; empty otherwise).
struct Signature {
    std::string name;    // "RSA-PSS", "ECDSA"
    std::string detail;  // "2048 bits" or the curve
    std::string digest;  // "SHA256"
};

struct ChainLink {
    std::string subject, issuer;  // whole names
    base::WallTime not_before{}, not_after{};
    std::string key;                 // "RSA 2048 bits"
    std::string fingerprint;         // of the certificate, SHA-256
    std::vector<std::string> names;  // of hosts, for the first link
};

struct Facts {
    Facts();

    std::string protocol;  // "TLSv1.3"
    std::string cipher;    // "TLS_AES_256_GCM_SHA384"
    int bits = 0;          // in use
    int algorithm_bits = 0;
    std::string key_exchange;         // TLS 1.3: "X25519", "ECDHE", "DHE"
    std::string key_exchange_detail;  // "prime256v1", "2048 bits" or nothing
    Signature server_signature, client_signature;

    PeerStatus peer = PeerStatus::anonymous;
    // Why it is not more than that, as Postfix words it; empty when nothing was found wrong.
    std::string problem;
    // Whose certificate that is about, where Postfix says it: "server", "client", "CA" or nothing.
    std::string problem_of;
    // Names of the peer's certificate; empty without one. What a log must not hold is replaced.
    std::string subject, issuer;  // whole, "/C=DE/CN=…"
    std::string subject_cn,
        issuer_cn;  // the common name (the issuer's organization if it has none)
    // Digests in capitals with colons, by smtp_tls_fingerprint_digest or its like.
    std::string certificate_fingerprint, key_fingerprint;
    std::vector<ChainLink> chain;  // as presented, the peer's own first, when asked for

    bool resumed = false;     // a session of before, in place of a whole handshake
    std::string server_name;  // SNI: as asked for, or as the client asked
    std::string tlsa_match;   // the record that matched: "3 1 1", when one did

    // Channel bindings (RFC 9266, RFC 5929), as bytes; empty where the connection has none.
    std::string exporter_binding, unique_binding, end_point_binding;

    bool has_certificate() const { return peer != PeerStatus::anonymous; }
    bool verified() const { return peer == PeerStatus::verified; }

    // "TLSv1.3 with cipher X (256/256 bits) key-exchange X25519 server-signature …".
    std::string parameters() const;
    // "Verified TLS connection established to NAME[ADDRESS]:PORT: TLSv1.3 with …": the line of log
    // level 1. `peer_name` is that NAME[ADDRESS]:PORT.
    std::string established_to(std::string_view peer_name) const;
    // "certificate verification failed for NAME[ADDRESS]:PORT: self-signed certificate".
    std::string unverified(std::string_view peer_name) const;
    std::string reused_to(std::string_view peer_name) const;
    std::string established_from(std::string_view peer_name) const;
    // For Received: "(using TLSv1.3 with cipher …)" CRLF HTAB "(No client certificate requested)",
    // without a line end behind it; lines are separated by LF and a tab.
    std::string received_clause(bool asked_for_certificate) const;
};

}  // namespace tls
