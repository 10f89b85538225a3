// What is told of a connection's TLS and login to those who asked for a probe.
#pragma once

#include <string>

#include "lib/base/json.h"
#include "lib/tls/facts.h"
#include "smtp/approach.h"

namespace smtp {

// The policy: level, and where it is from.
base::Json tls_policy_json(const TlsPolicy& policy);
// Who would log in there, and by which key of which table that was found; no secret.
base::Json login_json(const Credentials& login);
// What name servers vouch for of the way to a host, and its TLSA records as they were asked for.
base::Json dnssec_json(const nexthop::Endpoint& endpoint, const nexthop::LookupTrace& asked);
// What came of it: protocol, cipher, what the certificate is worth and why not more, the chain.
base::Json tls_facts_json(const tls::Facts& facts);

// In one line: "Verified TLSv1.3 with TLS_AES_256_GCM_SHA384", and why it is not more.
std::string tls_text(const tls::Facts& facts);

}  // namespace smtp
