#include "lib/tls/inspect.h"

#include <openssl/evp.h>
#include <openssl/objects.h>

#include <array>

#include "lib/base/text.h"
#include "lib/tls/certificate.h"

namespace tls {
namespace {

std::string curve_name(EVP_PKEY* key) {
    std::array<char, 80> group{};
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1)
        return "";
    return group.data();
}

std::string bits_text(EVP_PKEY* key) {
    return base::text(EVP_PKEY_get_bits(key), " bits");
}

void note_key_exchange(SSL* connection, Facts& facts) {
    EVP_PKEY* raw = nullptr;
    if (SSL_get_peer_tmp_key(connection, &raw) != 1)
        return;
    Key key(raw);
    switch (EVP_PKEY_get_base_id(raw)) {
        case EVP_PKEY_DH:
            facts.key_exchange = "DHE";
            facts.key_exchange_detail = bits_text(raw);
            return;
        case EVP_PKEY_EC:
            facts.key_exchange = "ECDHE";
            facts.key_exchange_detail = curve_name(raw);
            return;
        default:
            facts.key_exchange = OBJ_nid2sn(EVP_PKEY_get_base_id(raw));
    }
}

// `certificate` may be null; `kind` is the type of the signature, `digest` its hash.
Signature signature_of(X509* certificate, int kind, int digest) {
    Signature signature;
    EVP_PKEY* key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
    if (key == nullptr || kind == NID_undef)
        return signature;
    switch (kind) {
        case EVP_PKEY_RSA:
            signature.name = "RSA";
            break;
        case EVP_PKEY_RSA_PSS:
            signature.name = "RSA-PSS";
            break;
        case EVP_PKEY_EC:
            signature.name = "ECDSA";
            break;
        default:
            signature.name = OBJ_nid2sn(kind);
    }
    if (kind == EVP_PKEY_EC)
        signature.detail = curve_name(key);
    else if (kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS)
        signature.detail = bits_text(key);
    if (digest != NID_undef)
        signature.digest = OBJ_nid2sn(digest);
    return signature;
}

void note_signatures(SSL* connection, X509* peer, Facts& facts) {
    int kind = NID_undef;
    int digest = NID_undef;
    bool server = SSL_is_server(connection) == 1;
    if (SSL_get_peer_signature_type_nid(connection, &kind) == 1) {
        SSL_get_peer_signature_nid(connection, &digest);
        (server ? facts.client_signature : facts.server_signature) =
            signature_of(peer, kind, digest);
    }
    // A client that was not asked has signed nothing.
    if (SSL_get_signature_type_nid(connection, &kind) == 1) {
        digest = NID_undef;
        SSL_get_signature_nid(connection, &digest);
        (server ? facts.server_signature : facts.client_signature) =
            signature_of(SSL_get_certificate(connection), kind, digest);
    }
}

std::string finished(SSL* connection) {
    // RFC 5929 section 3.1: the first Finished of the handshake, which is the client's in a whole
    // one and the server's in a resumed one.
    std::array<char, EVP_MAX_MD_SIZE> bytes{};
    bool own = (SSL_is_server(connection) == 1) == (SSL_session_reused(connection) == 1);
    size_t size = own ? SSL_get_finished(connection, bytes.data(), bytes.size())
                      : SSL_get_peer_finished(connection, bytes.data(), bytes.size());
    return {bytes.data(), std::min(size, bytes.size())};
}

// RFC 5929 section 4.1: the server's certificate by the hash of its signature, or SHA-256.
std::string end_point(X509* certificate) {
    int digest = NID_undef;
    int kind = NID_undef;
    if (certificate == nullptr)
        return "";
    OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, &kind);
    const EVP_MD* method = EVP_get_digestbynid(digest);
    if (digest == NID_md5 || digest == NID_sha1 || method == nullptr)
        method = EVP_sha256();
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (X509_digest(certificate, method, bytes.data(), &size) != 1)
        return "";
    return {reinterpret_cast<char*>(bytes.data()), size};
}

void note_bindings(SSL* connection, X509* server_certificate, Facts& facts) {
    static constexpr std::string_view label = "EXPORTER-Channel-Binding";
    static constexpr unsigned char none[1] = {};
    std::array<unsigned char, 32> bytes{};
    bool modern = SSL_version(connection) >= TLS1_3_VERSION;
    // RFC 9266 section 4.2: below TLS 1.3 only with the extended master secret.
    if ((modern || SSL_get_extms_support(connection) == 1) &&
        SSL_export_keying_material(connection, bytes.data(), bytes.size(), label.data(),
                                   label.size(), none, 0, 1) == 1)
        facts.exporter_binding.assign(reinterpret_cast<char*>(bytes.data()), bytes.size());
    if (!modern)
        facts.unique_binding = finished(connection);
    facts.end_point_binding = end_point(server_certificate);
}

void note_certificate(X509* certificate, const Settings& settings, Facts& facts) {
    facts.peer = PeerStatus::untrusted;
    facts.subject = subject_line(certificate);
    facts.issuer = issuer_line(certificate);
    facts.subject_cn = subject_cn(certificate);
    facts.issuer_cn = issuer_cn(certificate);
    facts.certificate_fingerprint =
        certificate_fingerprint(certificate, settings.fingerprint_digest);
    facts.key_fingerprint =
        key_fingerprint(certificate, settings.fingerprint_digest, settings.legacy_key_fingerprints);
}

void note_chain(SSL* connection, X509* peer, Facts& facts) {
    STACK_OF(X509)* chain = SSL_get_peer_cert_chain(connection);
    if (SSL_is_server(connection) == 1 || sk_X509_num(chain) <= 0)
        facts.chain.push_back(chain_link(peer));
    for (int i = 0; i < sk_X509_num(chain); ++i)
        facts.chain.push_back(chain_link(sk_X509_value(chain, i)));
}

}  // namespace

Facts inspect(SSL* connection, const Settings& settings, bool wants_chain) {
    Facts facts;
    const SSL_CIPHER* cipher = SSL_get_current_cipher(connection);
    facts.protocol = SSL_get_version(connection);
    facts.cipher = SSL_CIPHER_get_name(cipher);
    facts.bits = SSL_CIPHER_get_bits(cipher, &facts.algorithm_bits);
    facts.resumed = SSL_session_reused(connection) == 1;
    if (const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name))
        facts.server_name = base::printable(name);
    X509* peer = SSL_get0_peer_certificate(connection);
    if (SSL_version(connection) >= TLS1_3_VERSION) {
        note_key_exchange(connection, facts);
        note_signatures(connection, peer, facts);
    }
    bool server = SSL_is_server(connection) == 1;
    note_bindings(connection, server ? SSL_get_certificate(connection) : peer, facts);
    if (peer == nullptr)
        return facts;
    note_certificate(peer, settings, facts);
    if (wants_chain)
        note_chain(connection, peer, facts);
    return facts;
}

}  // namespace tls
