// Certificates of our own that peers refuse for their dates, or soon will.
#pragma once

#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/settings.h"

namespace tls {

// A warning for each certificate in the files that main.cf names for the server that has expired by
// `now`, will within smtpd_tls_expiry_warning_time, or is not valid yet: it names file, certificate
// and date. Files that cannot be read have their own errors elsewhere.
std::vector<std::string> server_expiries(const config::Settings& settings, base::WallTime now);

}  // namespace tls
