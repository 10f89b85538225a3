// What ServerContext has inside.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/tls/handles.h"
#include "lib/tls/pem.h"
#include "lib/tls/server_context.h"
#include "lib/tls/settings.h"
#include "lib/tls/ticket_keys.h"

namespace tls {

struct ServerContext::Inside {
    Inside(const config::Settings& given, TicketKeys* keys, ChainsByName chains);

    ServerSettings settings;
    // To work out a list of ciphers takes longer than all else of a handshake, so that each list
    // has a library of its own.
    Library opportunistic, mandatory;
    std::unique_ptr<TicketKeys> own_tickets;
    TicketKeys* tickets;
    const EVP_CIPHER* ticket_cipher = nullptr;
    ChainsByName by_name;
    // What a table gave is read once. (A cache: mutable.)
    mutable std::map<std::string, std::vector<KeyWithChain>> read;

    // Throws PemError.
    const std::vector<KeyWithChain>& chains(const std::string& text) const;

  private:
    Library make(Grade grade, const std::vector<std::string>& excluded) const;
};

// Tickets of TLS sessions are made and opened with the context's keys.
void install_tickets(SSL_CTX* library, const ServerContext::Inside& context);

// What happens during one handshake.
struct ServerSide {
    explicit ServerSide(const ServerContext::Inside& of) : context(of) {}
    const ServerContext::Inside& context;
    std::string server_name;  // the one whose certificate was chosen

    void watch(SSL* connection);
    static void forget(SSL* connection);
};
// Has certificates chosen by the name that the client asks for.
void install_server_names(SSL_CTX* library);

Connection make_connection(const ServerContext::Inside& context, const ServerWish& wish);

}  // namespace tls
