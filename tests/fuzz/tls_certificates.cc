// Fuzz target: no certificate, however made, breaks what is read off it or gets past the log.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/base/text.h"
#include "lib/tls/certificate.h"
#include "lib/tls/pem.h"
#include "lib/tls/protocols.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    tls::Protocols::parse(text);
    try {
        tls::read_chains(text);
    } catch (const tls::PemError& error) {
        if (error.reason.empty())
            std::abort();
    }
    const uint8_t* at = data;
    tls::Cert certificate(d2i_X509(nullptr, &at, static_cast<long>(size)));
    if (!certificate)
        return 0;
    tls::ChainLink link = tls::chain_link(certificate.get());
    for (const std::string& shown : {link.subject, link.issuer, tls::subject_cn(certificate.get()),
                                     tls::issuer_cn(certificate.get()),
                                     tls::key_fingerprint(certificate.get(), "sha256", false)})
        if (shown != base::printable(shown))
            std::abort();
    tls::names_host(certificate.get(), "mx.example", true);
    return 0;
}
