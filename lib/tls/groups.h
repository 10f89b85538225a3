// The elliptic curves and finite fields in which keys are agreed.
#pragma once

#include <string>

#include "lib/config/settings.h"

namespace tls {

// Names with colons between, as OpenSSL takes them; empty: what the library thinks best. Names that
// the library does not have are left out. A server heeds smtpd_tls_eecdh_grade too. Throws
// config::Error when nothing is left or the grade is none.
std::string groups_of(const config::Settings& settings, bool for_server);

}  // namespace tls
