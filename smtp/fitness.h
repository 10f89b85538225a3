// Fitness is how good a place for mail is at the moment.
#pragma once

#include <cstdint>

namespace smtp {

// Best first.
enum class Fitness : uint8_t {
    good,
    probe,  // it was down, and one who has the lease may see whether it still is
    slow,   // only if nothing better is at hand
    full,   // it takes no more connections for the moment
    held,   // it is down
    barred  // an administrator said so
};

}  // namespace smtp
