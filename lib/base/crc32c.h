// CRC-32C (Castagnoli, RFC 3720 appendix B.4), by the processor's instruction where it has one.
#pragma once

#include <cstdint>
#include <string_view>

namespace base {

// The CRC of `data`, going on from `before` (the CRC of all that came earlier; 0 for nothing).
uint32_t crc32c(std::string_view data, uint32_t before = 0);

}  // namespace base
