// What contexts of both sides have in common: OpenSSL's SSL_CTX, filled from Settings.
#pragma once

#include "lib/tls/handles.h"
#include "lib/tls/settings.h"

namespace tls {

// With options, protocols' floor, curves, certificates and authorities. Throws config::Error that
// names parameter and file.
Library make_library(const Settings& settings, const SSL_METHOD* method);

// Another with the same certificates and authorities, which reads no file.
Library copy_library(SSL_CTX* of, const Settings& settings, const SSL_METHOD* method);

// Restricts one connection. False when OpenSSL has nothing of that kind.
bool set_protocols(SSL* connection, const Protocols& protocols);

}  // namespace tls
