// Wiping secrets out of memory that is about to be given back.
#pragma once

#include <cstring>
#include <string>

namespace base {

// Overwrites what `secret` holds, in a way that no compiler leaves out, and empties it.
inline void wipe(std::string& secret) {
    explicit_bzero(secret.data(), secret.size());
    secret.clear();
}

}  // namespace base
