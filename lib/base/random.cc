#include "lib/base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace base {

void random_bytes(std::span<unsigned char> out) {
    while (!out.empty()) {
        ssize_t n = getrandom(out.data(), out.size(), 0);
        if (n < 0 && errno != EINTR)
            abort();
        if (n > 0)
            out = out.subspan(static_cast<size_t>(n));
    }
}

uint64_t random_number() {
    uint64_t number;
    random_bytes({reinterpret_cast<unsigned char*>(&number), sizeof number});
    return number;
}

double random_fraction() {
    return static_cast<double>(random_number() >> 11) * 0x1.0p-53;
}

}  // namespace base
