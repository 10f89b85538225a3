// What stands in a certificate, as text that is safe to log.
#pragma once

#include <string>
#include <vector>

#include "lib/tls/facts.h"
#include "lib/tls/handles.h"

namespace tls {

std::string subject_line(X509* certificate);
std::string issuer_line(X509* certificate);
// The common name; empty without one.
std::string subject_cn(X509* certificate);
// The issuer's common name, or its organization.
std::string issuer_cn(X509* certificate);

// "AB:CD:…" by the digest of that name.
std::string certificate_fingerprint(X509* certificate, const std::string& digest);
// Of the whole public key; `legacy`: of its bits alone, as Postfix before 2.9.6 had it.
std::string key_fingerprint(X509* certificate, const std::string& digest, bool legacy);

// Whether it is for `name`, a host's full name or ".parent.example" for all below that.
bool names_host(X509* certificate, const std::string& name, bool wildcard_of_many_labels);

ChainLink chain_link(X509* certificate);

}  // namespace tls
