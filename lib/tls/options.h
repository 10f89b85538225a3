// The switches of OpenSSL that main.cf can turn.
#pragma once

#include <cstdint>

#include "lib/config/settings.h"

namespace tls {

// SSL_OP_… bits: all workarounds but tls_disable_workarounds, with tls_ssl_options. Throws
// config::Error for a name or number that is none.
uint64_t options_of(const config::Settings& settings);

// Has OpenSSL read its own configuration, as tls_config_file and tls_config_name say. Once a
// process, before anything else of TLS; later calls do nothing. Throws config::Error.
void start_library(const config::Settings& settings);

}  // namespace tls
