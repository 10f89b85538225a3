// `postfix tls SUBCOMMAND`: TLS set up where nobody has set anything, keys and certificates of
// smtpd; see postfix-tls(1).
#pragma once

#include "lib/config/settings.h"
#include "postfix/request.h"

namespace postfix {

// The status for exit(). Throws config::Error, base::SystemError.
int manage_tls(const Request& request, const config::Settings& settings);

}  // namespace postfix
