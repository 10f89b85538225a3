// TLS of a place, as lines for people and as JSON: the policy that mail there has, what a probe
// saw.
#pragma once

#include <string>
#include <vector>

#include "lib/base/json.h"
#include "postrelay/inquiry.h"

namespace postrelay {

// "may (smtp_tls_security_level = may)", "no delivery: no TLSA records found (…)".
std::string tls_text(const PlaceTls& tls);
base::Json tls_json(const PlaceTls& tls);
// The TLSA records that were asked for, and what became of the questions.
std::vector<std::string> tlsa_lines(const PlaceTls& tls);

// What the client told of TLS and login, beginning with policy and DNSSEC; no lines where there was
// none of them.
std::vector<std::string> session_lines(const base::Json& contact);

}  // namespace postrelay
