// What ClientContext has inside.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/tls/client_context.h"
#include "lib/tls/handles.h"
#include "lib/tls/pem.h"
#include "lib/tls/settings.h"

namespace tls {

struct ClientContext::Inside {
    explicit Inside(const config::OwnSettings& own, Sessions* kept);

    ClientSettings settings;
    Library library;  // certificates and authorities
    Sessions* sessions;
    // By file; those that a policy names are read when they are needed first. (A cache: const.)
    mutable std::map<std::string, std::vector<TrustAnchor>> anchors;

    // By list of ciphers: to work out a list takes longer than all else of a handshake.
    mutable std::map<std::string, Library> by_ciphers;

    // Throws PemError when OpenSSL has none of the ciphers.
    SSL_CTX* library_for(const std::string& ciphers) const;
    // Throws PemError.
    const std::vector<TrustAnchor>& anchors_of(const std::string& file) const;
};

// The ciphers that the wish allows, in OpenSSL's form.
std::string cipher_list(const ClientContext::Inside& context, const Wish& wish);

// A connection set up for the wish, but for its session. Throws PemError for what the wish has
// that cannot be: a file of trust anchors, protocols or ciphers that OpenSSL has not.
Connection make_connection(const ClientContext::Inside& context, const Wish& wish);

}  // namespace tls
