// Certificates of our own that peers refuse for their dates, or soon will.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/settings.h"

namespace tls {

// A warning for each certificate in the files that main.cf names for the server that has expired by
// `now`, will within smtpd_tls_expiry_warning_time, or is not valid yet: it names file, certificate
// and date. Files that cannot be read have their own errors elsewhere.
std::vector<std::string> server_expiries(const config::Settings& settings, base::WallTime now);

// The same of a key with its certificates in PEM, and why no connection can be made with them:
// "the certificate of /CN=x expired on …". Nothing where all is well.
std::vector<std::string> chain_doubts(const config::Settings& settings, std::string_view pem,
                                      base::WallTime now);

}  // namespace tls
