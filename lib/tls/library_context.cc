#include "lib/tls/library_context.h"

#include <openssl/err.h>
#include <sys/stat.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/tls/library_error.h"
#include "lib/tls/pem.h"

namespace tls {
namespace {

[[noreturn]] void refuse(const NamedFile& file, std::string_view reason) {
    throw config::Error(
        base::text(file.where, ": ", file.parameter, ": ", file.path, ": ", reason));
}

std::string content_of(const NamedFile& file) {
    try {
        return file_content(file.path);
    } catch (const PemError& error) {
        refuse(file, error.reason);
    }
}

void use(SSL_CTX* library, const KeyWithChain& chain, const NamedFile& file) {
    if (SSL_CTX_use_cert_and_key(library, chain.certificate.get(), chain.key.get(),
                                 chain.above.get(), 1) != 1)
        refuse(file, library_reason());
}

void use_chain_files(SSL_CTX* library, const std::vector<NamedFile>& files) {
    // A chain may begin in one file and end in the next.
    std::string all;
    NamedFile named = files.front();
    named.path.clear();
    for (const NamedFile& file : files) {
        std::string text = content_of(file);
        base::append(all, text, "\n");
        base::append(named.path, named.path.empty() ? "" : " ", file.path);
        wipe(text);
    }
    try {
        for (const KeyWithChain& chain : read_chains(all))
            use(library, chain, named);
    } catch (const PemError& error) {
        refuse(named, error.reason);
    }
    wipe(all);
}

void use_certificate(SSL_CTX* library, const CertificateFiles& files) {
    NamedFile key = files.key ? files.key : files.certificate;
    std::string certificates = content_of(files.certificate);
    std::string key_text = content_of(key);
    try {
        use(library, read_pair(certificates, key_text), files.certificate);
    } catch (const PemError& error) {
        NamedFile both = files.certificate;
        if (key.path != both.path) {
            base::append(both.parameter, ", ", key.parameter);
            base::append(both.path, ", ", key.path);
        }
        refuse(both, error.reason);
    }
    wipe(certificates);
    wipe(key_text);
}

void use_authorities(SSL_CTX* library, const Settings& settings) {
    const NamedFile& file = settings.authority_file;
    const NamedFile& directory = settings.authority_directory;
    if (file && SSL_CTX_load_verify_file(library, file.path.c_str()) != 1)
        refuse(file, library_reason());
    struct stat status {};
    if (directory) {
        bool there = ::stat(directory.path.c_str(), &status) == 0;
        if (!there && settings.program == "smtpd")
            refuse(directory, base::error_text(errno));
        // Debian's main.cf names one that not every host has; a client trusts nobody by it then.
        if (!there)
            base::log::warning(base::text(directory.where, ": ", directory.parameter, ": ",
                                          directory.path, ": ", base::error_text(errno)));
        if (SSL_CTX_load_verify_dir(library, directory.path.c_str()) != 1)
            refuse(directory, library_reason());
    }
    if (settings.default_authorities && SSL_CTX_set_default_verify_paths(library) != 1)
        base::log::warning(base::text("the system's certificate authorities: ", library_reason()));
    ERR_clear_error();
}

Library empty_library(const Settings& settings, const SSL_METHOD* method) {
    Library library(SSL_CTX_new(method));
    if (!library)
        throw config::Error(base::text("cannot start TLS: ", library_reason()));
    SSL_CTX* raw = library.get();
    // Mail protocols say themselves when a conversation is over.
    SSL_CTX_set_options(raw, settings.options | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(raw, 1);
    // What main.cf says of versions is said of each connection.
    SSL_CTX_set_min_proto_version(raw, 0);
    SSL_CTX_set_max_proto_version(raw, 0);
    SSL_CTX_set_verify_depth(raw, settings.verify_depth);
    if (!settings.groups.empty())
        SSL_CTX_set1_groups_list(raw, settings.groups.c_str());
    return library;
}

}  // namespace

Library make_library(const Settings& settings, const SSL_METHOD* method) {
    Library library = empty_library(settings, method);
    SSL_CTX* raw = library.get();
    use_authorities(raw, settings);
    if (!settings.chain_files.empty())
        use_chain_files(raw, settings.chain_files);
    else
        for (const CertificateFiles& files : settings.certificates)
            use_certificate(raw, files);
    ERR_clear_error();
    return library;
}

Library copy_library(SSL_CTX* of, const Settings& settings, const SSL_METHOD* method) {
    Library library = empty_library(settings, method);
    SSL_CTX_set1_cert_store(library.get(), SSL_CTX_get_cert_store(of));
    for (int more = SSL_CTX_set_current_cert(of, SSL_CERT_SET_FIRST); more == 1;
         more = SSL_CTX_set_current_cert(of, SSL_CERT_SET_NEXT)) {
        STACK_OF(X509)* above = nullptr;
        SSL_CTX_get0_chain_certs(of, &above);
        SSL_CTX_use_cert_and_key(library.get(), SSL_CTX_get0_certificate(of),
                                 SSL_CTX_get0_privatekey(of), above, 1);
    }
    ERR_clear_error();
    return library;
}

bool set_protocols(SSL* connection, const Protocols& protocols) {
    if (protocols.none)
        return false;
    SSL_set_options(connection, protocols.excluded);
    return SSL_set_min_proto_version(connection, protocols.least) == 1 &&
           SSL_set_max_proto_version(connection, protocols.most) == 1;
}

}  // namespace tls
