// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash that outsiders cannot forge.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace base {

using HashKey = std::array<unsigned char, 16>;

uint64_t siphash(const HashKey& key, std::string_view data);

}  // namespace base
