#include "lib/tls/pem.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/tls/library_error.h"

namespace tls {
namespace {

// No more than this is read of a file or table: real chains are a few KiB, bundles of authorities
// some hundred.
constexpr size_t most_bytes = 16 << 20;

constexpr const char* no_key = "there is no private key in it";
constexpr const char* encrypted_key = "a key is encrypted: nobody is there to type its password";

// One PEM block, its bytes wiped when it goes.
struct Block {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    Block() = default;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() {
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, static_cast<size_t>(size));
    }
};

bool is_key(std::string_view name) {
    return name == "PRIVATE KEY" || name == "ENCRYPTED PRIVATE KEY" || name == "RSA PRIVATE KEY" ||
           name == "EC PRIVATE KEY" || name == "DSA PRIVATE KEY";
}

bool is_certificate(std::string_view name) {
    return name == PEM_STRING_X509 || name == PEM_STRING_X509_OLD ||
           name == PEM_STRING_X509_TRUSTED;
}

Cert certificate_of(const Block& block) {
    const unsigned char* at = block.data;
    bool with_trust = std::string_view(block.name) == PEM_STRING_X509_TRUSTED;
    Cert certificate(with_trust ? d2i_X509_AUX(nullptr, &at, block.size)
                                : d2i_X509(nullptr, &at, block.size));
    if (!certificate)
        throw PemError{base::text("a certificate is damaged: ", library_reason())};
    return certificate;
}

std::string der_of(X509* certificate) {
    std::string der(static_cast<size_t>(i2d_X509(certificate, nullptr)), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(certificate, &at);
    return der;
}

Key key_of(const Block& block) {
    if (std::string_view(block.name).starts_with("ENCRYPTED"))
        throw PemError{encrypted_key};
    if (block.header != nullptr && *block.header != '\0')
        throw PemError{encrypted_key};
    const unsigned char* at = block.data;
    Key key(d2i_AutoPrivateKey(nullptr, &at, block.size));
    if (!key)
        throw PemError{base::text("a key is damaged: ", library_reason())};
    return key;
}

// Calls `each` with every block.
template <class Each>
void each_block(std::string_view text, Each each) {
    Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    while (true) {
        Block block;
        if (PEM_read_bio(bio.get(), &block.name, &block.header, &block.data, &block.size) != 1)
            break;
        each(block);
    }
    unsigned long error = ERR_peek_last_error();
    if (ERR_GET_REASON(error) != PEM_R_NO_START_LINE)
        throw PemError{library_reason()};
    ERR_clear_error();
}

void check(const KeyWithChain& chain) {
    if (!chain.certificate)
        throw PemError{"a private key is not followed by its certificate"};
    if (X509_check_private_key(chain.certificate.get(), chain.key.get()) == 1)
        return;
    for (int i = 0; i < sk_X509_num(chain.above.get()); ++i)
        if (X509_check_private_key(sk_X509_value(chain.above.get(), i), chain.key.get()) == 1)
            throw PemError{"another certificate comes before that of the private key"};
    ERR_clear_error();
    throw PemError{"a private key and its certificate do not belong together"};
}

}  // namespace

std::vector<KeyWithChain> read_chains(std::string_view text) {
    std::vector<KeyWithChain> chains;
    each_block(text, [&](const Block& block) {
        if (is_key(block.name)) {
            chains.push_back({key_of(block), nullptr, Certs(sk_X509_new_null())});
            return;
        }
        if (!is_certificate(block.name))
            return;  // parameters of curves and the like
        if (chains.empty())
            throw PemError{"a certificate comes before any private key"};
        Cert certificate = certificate_of(block);
        if (!chains.back().certificate)
            chains.back().certificate = std::move(certificate);
        else
            sk_X509_push(chains.back().above.get(), certificate.release());
    });
    if (chains.empty())
        throw PemError{no_key};
    for (const KeyWithChain& chain : chains)
        check(chain);
    return chains;
}

KeyWithChain read_pair(std::string_view certificates, std::string_view key) {
    KeyWithChain chain{nullptr, nullptr, Certs(sk_X509_new_null())};
    each_block(key, [&](const Block& block) {
        if (is_key(block.name) && !chain.key)
            chain.key = key_of(block);
    });
    each_block(certificates, [&](const Block& block) {
        if (!is_certificate(block.name))
            return;
        Cert certificate = certificate_of(block);
        if (!chain.certificate)
            chain.certificate = std::move(certificate);
        else
            sk_X509_push(chain.above.get(), certificate.release());
    });
    if (!chain.key)
        throw PemError{no_key};
    if (!chain.certificate)
        throw PemError{"there is no certificate in it"};
    check(chain);
    return chain;
}

std::vector<Cert> read_certificates(std::string_view text) {
    std::vector<Cert> all;
    each_block(text, [&](const Block& block) {
        if (is_certificate(block.name))
            all.push_back(certificate_of(block));
    });
    return all;
}

std::vector<TrustAnchor> read_trust_anchors(std::string_view text) {
    std::vector<TrustAnchor> anchors;
    each_block(text, [&](const Block& block) {
        if (std::string_view(block.name) == PEM_STRING_PUBLIC)
            anchors.push_back({true, std::string(reinterpret_cast<const char*>(block.data),
                                                 static_cast<size_t>(block.size))});
        else if (is_certificate(block.name))
            anchors.push_back({false, der_of(certificate_of(block).get())});
    });
    if (anchors.empty())
        throw PemError{"there is no certificate or public key in it"};
    return anchors;
}

std::string file_content(const std::string& path) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        throw PemError{base::error_text(errno)};
    std::string content;
    std::array<char, 8192> piece;
    while (true) {
        ssize_t n = ::read(fd.get(), piece.data(), piece.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw PemError{base::error_text(errno)};
        if (n == 0)
            break;
        content.append(piece.data(), static_cast<size_t>(n));
        if (content.size() > most_bytes)
            throw PemError{"the file is too large for a file of certificates"};
    }
    OPENSSL_cleanse(piece.data(), piece.size());
    return content;
}

void wipe(std::string& secret) {
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

}  // namespace tls
