// Reading the facts of a connection off it.
#pragma once

#include "lib/tls/facts.h"
#include "lib/tls/handles.h"
#include "lib/tls/settings.h"

namespace tls {

// All but what is said of trust: `peer` is anonymous or untrusted.
Facts inspect(SSL* connection, const Settings& settings, bool wants_chain);

}  // namespace tls
