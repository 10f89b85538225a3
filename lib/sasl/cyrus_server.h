// CyrusServer asks the Cyrus SASL library, which checks passwords by its own configuration.
//
// What the library does may block: it is done on threads.
#pragma once

#include <memory>

#include "lib/sasl/verifier.h"

namespace sasl {

// Reads the library's configuration and loads its mechanisms. One for a process. Throws
// config::Error.
std::unique_ptr<Verifier> make_cyrus(VerifierOptions options);

}  // namespace sasl
