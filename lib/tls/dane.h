// TLSA records in OpenSSL's hands (RFC 6698, RFC 7671, RFC 7672).
#pragma once

#include <string>
#include <vector>

#include "lib/tls/handles.h"
#include "lib/tls/tlsa.h"

namespace tls {

// `digests` are those of tls_dane_digests: "sha512" or "NAME=matching type", strongest first.
void enable_dane(SSL_CTX* library, const std::vector<std::string>& digests);

// Has the connection verified by these; false when it can use none of them.
bool set_records(SSL* connection, const std::vector<Tlsa>& records);
// After the handshake: the record that matched as "3 1 1"; empty when none did.
std::string matched_record(SSL* connection);
// Whether that names an authority, so that the certificate has to have the host's name too.
bool matched_authority(SSL* connection);

}  // namespace tls
