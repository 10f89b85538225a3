#include "lib/tls/dane.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <optional>

#include "lib/base/text.h"

namespace tls {
namespace {

constexpr uint8_t authority = 2;
constexpr uint8_t end_entity = 3;

struct Digest {
    const EVP_MD* method;
    uint8_t matching;
};

// RFC 6698 section 7.4 has numbers for two digests; others name theirs.
std::optional<Digest> digest_of(const std::string& text) {
    size_t equals = text.find('=');
    std::string name = base::lower(text.substr(0, equals));
    const EVP_MD* method = EVP_get_digestbyname(name.c_str());
    std::optional<uint8_t> matching;
    if (equals != std::string::npos)
        matching = base::number<uint8_t>(text.substr(equals + 1));
    else if (name == "sha256")
        matching = 1;
    else if (name == "sha512")
        matching = 2;
    if (method == nullptr || !matching || *matching == 0)
        return std::nullopt;
    return Digest{method, *matching};
}

}  // namespace

void enable_dane(SSL_CTX* library, const std::vector<std::string>& digests) {
    SSL_CTX_dane_enable(library);
    SSL_CTX_dane_set_flags(library, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    // The library knows SHA-256 and SHA-512 from the start; only those of main.cf count.
    for (uint8_t matching = 1; matching <= 2; ++matching)
        SSL_CTX_dane_mtype_set(library, nullptr, matching, 0);
    auto order = static_cast<uint8_t>(digests.size());
    for (const std::string& text : digests) {
        if (std::optional<Digest> digest = digest_of(text))
            SSL_CTX_dane_mtype_set(library, digest->method, digest->matching, order);
        --order;
    }
}

bool usable_record(const Tlsa& record, const std::vector<std::string>& digests) {
    if ((record.usage != authority && record.usage != end_entity) || record.selector > 1 ||
        record.data.empty())
        return false;
    if (record.matching == 0) {
        // The whole certificate or key has to be one.
        const auto* at = reinterpret_cast<const unsigned char*>(record.data.data());
        auto size = static_cast<long>(record.data.size());
        bool parses = record.selector == 0 ? Cert(d2i_X509(nullptr, &at, size)) != nullptr
                                           : Key(d2i_PUBKEY(nullptr, &at, size)) != nullptr;
        ERR_clear_error();
        return parses;
    }
    return std::any_of(digests.begin(), digests.end(), [&](const std::string& text) {
        std::optional<Digest> digest = digest_of(text);
        return digest && digest->matching == record.matching &&
               static_cast<size_t>(EVP_MD_get_size(digest->method)) == record.data.size();
    });
}

bool set_records(SSL* connection, const std::vector<Tlsa>& records) {
    // No base domain: names are checked after the handshake, where they count.
    if (SSL_dane_enable(connection, nullptr) != 1)
        return false;
    bool any = false;
    for (const Tlsa& record : records) {
        if (record.usage != authority && record.usage != end_entity)
            continue;
        const auto* data = reinterpret_cast<const unsigned char*>(record.data.data());
        if (SSL_dane_tlsa_add(connection, record.usage, record.selector, record.matching, data,
                              record.data.size()) == 1)
            any = true;
    }
    ERR_clear_error();
    return any;
}

std::string matched_record(SSL* connection) {
    uint8_t usage = 0;
    uint8_t selector = 0;
    uint8_t matching = 0;
    if (SSL_get0_dane_tlsa(connection, &usage, &selector, &matching, nullptr, nullptr) < 0)
        return "";
    return base::text(usage, " ", selector, " ", matching);
}

bool matched_authority(SSL* connection) {
    uint8_t usage = 0;
    return SSL_get0_dane_tlsa(connection, &usage, nullptr, nullptr, nullptr, nullptr) >= 0 &&
           usage == authority;
}

}  // namespace tls
