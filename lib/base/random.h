// Random bytes from the kernel, fit for secrets.
#pragma once

#include <cstdint>
#include <span>

namespace base {

// Fills `out`; aborts if the kernel has no randomness, which Linux never reports after boot.
void random_bytes(std::span<unsigned char> out);
uint64_t random_number();
// A number in [0, 1), for jitter.
double random_fraction();

}  // namespace base
