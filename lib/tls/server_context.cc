#include "lib/tls/server_context.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

#include "lib/base/text.h"
#include "lib/tls/library_context.h"
#include "lib/tls/library_error.h"
#include "lib/tls/options.h"
#include "lib/tls/server_inside.h"
#include "lib/tls/verdict.h"

namespace tls {
namespace {

constexpr size_t most_names_read = 200;

ServerSettings settings_of(const config::Settings& settings) {
    start_library(settings);
    return ServerSettings(settings);
}

[[noreturn]] void refuse(const NamedFile& file, const std::string& reason) {
    throw config::Error(
        base::text(file.where, ": ", file.parameter, ": ", file.path, ": ", reason));
}

void set_key_exchange(SSL_CTX* library, const NamedFile& file) {
    if (!file) {
        SSL_CTX_set_dh_auto(library, 1);
        return;
    }
    Bio bio(BIO_new_file(file.path.c_str(), "r"));
    Key parameters(bio ? PEM_read_bio_Parameters(bio.get(), nullptr) : nullptr);
    if (!parameters)
        refuse(file, library_reason());
    if (SSL_CTX_set0_tmp_dh_pkey(library, parameters.get()) != 1)
        refuse(file, library_reason());
    parameters.release();
}

// Clients are told whose certificates are welcome.
void ask_for_certificates(SSL_CTX* library, const ServerSettings& settings) {
    SSL_CTX_set_verify(library, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, nullptr);
    const NamedFile& file = settings.authority_file;
    if (!file)
        return;
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.path.c_str());
    if (names == nullptr)
        refuse(file, library_reason());
    SSL_CTX_set_client_CA_list(library, names);
}

// All services of an instance have the same keys of tickets, but a session is resumed only where
// the same is demanded of clients: by whom a certificate is trusted is part of it, and its cipher.
std::string session_mark(const ServerSettings& settings, const std::string& ciphers) {
    std::string demands = base::text(
        "smtpd ", settings.asks_for_certificate || settings.requires_certificate ? "ccert" : "",
        '\n', settings.authority_file.path, '\n', settings.authority_directory.path, '\n',
        settings.default_authorities ? "default CA" : "", '\n', settings.verify_depth, '\n',
        ciphers);
    std::string mark(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (EVP_Digest(demands.data(), demands.size(), reinterpret_cast<unsigned char*>(mark.data()),
                   &size, EVP_sha256(), nullptr) != 1)
        throw config::Error(base::text("cannot start TLS: ", library_reason()));
    mark.resize(std::min<size_t>(size, SSL_MAX_SID_CTX_LENGTH));
    return mark;
}

void set_sessions(SSL_CTX* library, const ServerSettings& settings, const std::string& mark) {
    bool keeps = settings.session_timeout > base::Duration(0);
    // Sessions are kept by clients, in tickets.
    SSL_CTX_set_session_cache_mode(library, keeps && settings.always_issues_session_ids
                                                ? SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL
                                                : SSL_SESS_CACHE_OFF);
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings.session_timeout);
    SSL_CTX_set_timeout(library, std::max<long>(seconds.count(), 1));
    if (!keeps || settings.ticket_cipher.empty()) {
        SSL_CTX_set_options(library, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(library, 0);
    } else {
        SSL_CTX_set_num_tickets(library, 1);
    }
    SSL_CTX_set_session_id_context(library, reinterpret_cast<const unsigned char*>(mark.data()),
                                   static_cast<unsigned>(mark.size()));
}

}  // namespace

ServerWish::ServerWish() = default;

ServerContext::Inside::Inside(const config::Settings& given, TicketKeys* keys,
                              ChainsByName chains_by_name)
    : settings(settings_of(given)),
      own_tickets(keys == nullptr ? std::make_unique<TicketKeys>(std::max<base::Duration>(
                                        settings.session_timeout, std::chrono::seconds(1)))
                                  : nullptr),
      tickets(keys == nullptr ? own_tickets.get() : keys),
      by_name(std::move(chains_by_name)) {
    if (settings.chain_files.empty() && settings.certificates.empty() && !by_name &&
        given.text("smtpd_tls_cert_file") != "none")
        throw config::Error(
            "smtpd_tls_chain_files: no certificate for the server is named there, nor by "
            "smtpd_tls_cert_file and its like, nor by tls_server_sni_maps");
    if (!settings.ticket_cipher.empty())
        ticket_cipher = EVP_get_cipherbyname(settings.ticket_cipher.c_str());
    std::vector<std::string> excluded = settings.excluded_ciphers;
    opportunistic = make(settings.grade, excluded);
    const std::vector<std::string>& more = settings.mandatory_excluded_ciphers;
    excluded.insert(excluded.end(), more.begin(), more.end());
    mandatory = make(settings.mandatory_grade, excluded);
}

Library ServerContext::Inside::make(Grade grade, const std::vector<std::string>& excluded) const {
    Library library = make_library(settings, TLS_server_method());
    SSL_CTX* raw = library.get();
    std::vector<std::string> without = excluded;
    // Without a certificate of ours none is asked for.
    if (settings.requires_certificate)
        without.emplace_back("aNULL");
    std::string ciphers = settings.cipher_lists.of(grade, without);
    if (SSL_CTX_set_cipher_list(raw, ciphers.c_str()) != 1)
        throw config::Error(
            "smtpd_tls_ciphers, smtpd_tls_exclude_ciphers and the mandatory ones: "
            "no cipher is left that OpenSSL has");
    Verdict::install(raw);
    set_key_exchange(raw, settings.key_exchange_file);
    if (settings.asks_for_certificate || settings.requires_certificate)
        ask_for_certificates(raw, settings);
    if (settings.prefers_own_ciphers)
        SSL_CTX_set_options(raw, SSL_OP_CIPHER_SERVER_PREFERENCE);
    set_sessions(raw, settings, session_mark(settings, ciphers));
    if (ticket_cipher != nullptr)
        install_tickets(raw, *this);
    if (by_name)
        install_server_names(raw);
    return library;
}

const std::vector<KeyWithChain>& ServerContext::Inside::chains(const std::string& text) const {
    auto found = read.find(text);
    if (found != read.end())
        return found->second;
    std::vector<KeyWithChain> parsed = read_chains(text);
    if (read.size() >= most_names_read)
        read.clear();
    return read.emplace(text, std::move(parsed)).first->second;
}

Connection make_connection(const ServerContext::Inside& context, const ServerWish& wish) {
    const ServerSettings& settings = context.settings;
    SSL_CTX* library = wish.mandatory ? context.mandatory.get() : context.opportunistic.get();
    Connection connection(SSL_new(library));
    SSL_set_accept_state(connection.get());
    if (!set_protocols(connection.get(),
                       wish.mandatory ? settings.mandatory_protocols : settings.protocols))
        throw PemError{"no protocol is left that OpenSSL has"};
    return connection;
}

ServerContext::ServerContext(const config::Settings& settings, TicketKeys* tickets,
                             ChainsByName by_name)
    : inside_(std::make_unique<Inside>(settings, tickets, std::move(by_name))) {}

ServerContext::~ServerContext() = default;

const ServerSettings& ServerContext::settings() const {
    return inside_->settings;
}

int ServerContext::log_level() const {
    return inside_->settings.log_level;
}

bool ServerContext::has_certificate() const {
    return !inside_->settings.chain_files.empty() || !inside_->settings.certificates.empty();
}

}  // namespace tls
