// A server has the certificate of the name that its client asks for.
#include <openssl/err.h>

#include <array>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/tls/library_error.h"
#include "lib/tls/server_inside.h"

namespace tls {
namespace {

int slot() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// Letters, digits, hyphens, dots: what could be a host's name, and harmless as a key of a table.
bool plausible(std::string_view name) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    return !name.empty() && name.size() <= 255 && name.front() != '.' && name.back() != '.' &&
           name.find("..") == std::string_view::npos &&
           name.find_first_not_of(allowed) == std::string_view::npos;
}

// By the name itself, then by ".parent" for each domain above it.
std::optional<std::string> look_up(const ChainsByName& by_name, std::string_view name) {
    std::optional<std::string> found = by_name(name);
    size_t dot = name.find('.');
    while (!found && dot != std::string_view::npos) {
        found = by_name(name.substr(dot));
        dot = name.find('.', dot + 1);
    }
    return found;
}

bool use(SSL* connection, const std::vector<KeyWithChain>& chains) {
    // None of the default certificates may be taken for this name.
    SSL_certs_clear(connection);
    for (const KeyWithChain& chain : chains)
        if (SSL_use_cert_and_key(connection, chain.certificate.get(), chain.key.get(),
                                 chain.above.get(), 1) != 1)
            return false;
    return true;
}

int refuse(const std::string& name, std::string_view reason) {
    base::log::warning(base::text("tls_server_sni_maps: ", name, ": ", reason));
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int choose(SSL* connection, int*, void*) {
    auto* side = static_cast<ServerSide*>(SSL_get_ex_data(connection, slot()));
    const char* asked = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (side == nullptr || asked == nullptr || !side->context.by_name)
        return SSL_TLSEXT_ERR_NOACK;
    std::string name = base::lower(asked);
    if (!plausible(name))
        return SSL_TLSEXT_ERR_NOACK;
    try {
        std::optional<std::string> text = look_up(side->context.by_name, name);
        if (!text)
            return SSL_TLSEXT_ERR_NOACK;
        if (!use(connection, side->context.chains(*text)))
            return refuse(name, library_reason());
        wipe(*text);
        side->server_name = name;
        return SSL_TLSEXT_ERR_OK;
    } catch (const PemError& error) {
        return refuse(name, error.reason);
    } catch (const std::exception& error) {
        return refuse(name, error.what());
    }
}

}  // namespace

void ServerSide::watch(SSL* connection) {
    SSL_set_ex_data(connection, slot(), this);
}

void ServerSide::forget(SSL* connection) {
    SSL_set_ex_data(connection, slot(), nullptr);
}

void install_server_names(SSL_CTX* library) {
    SSL_CTX_set_tlsext_servername_callback(library, choose);
}

}  // namespace tls
