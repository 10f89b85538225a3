// What OpenSSL says went wrong.
#pragma once

#include <string>
#include <vector>

namespace tls {

// The errors that this thread's queue holds, oldest first, as Postfix logs them behind
// "TLS library problem: "; the queue is empty afterwards.
std::vector<std::string> library_errors();
// The reason of the newest of them in words, or "unknown error"; empties the queue.
std::string library_reason();

}  // namespace tls
