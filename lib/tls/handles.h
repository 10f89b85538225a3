// Owners of what OpenSSL hands out.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace tls {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* held) const {
        release(held);
    }
};

using Library = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Release<SSL_free>>;
using Cert = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using StoredSession = std::unique_ptr<SSL_SESSION, Release<SSL_SESSION_free>>;
using ConfigContext = std::unique_ptr<SSL_CONF_CTX, Release<SSL_CONF_CTX_free>>;

struct ReleaseCerts {
    void operator()(STACK_OF(X509) * held) const { sk_X509_pop_free(held, X509_free); }
};
// Certificates in the order of their file.
using Certs = std::unique_ptr<STACK_OF(X509), ReleaseCerts>;

}  // namespace tls
