// Tlsa is a TLSA record (RFC 6698), which says what certificate a server has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tls {

struct Tlsa {
    uint8_t usage = 0;     // 2: an authority above the certificate, 3: the certificate itself
    uint8_t selector = 0;  // 0: the whole certificate, 1: its public key
    uint8_t matching = 0;  // 0: the data itself, 1: its SHA-256, 2: its SHA-512
    std::string data;      // as bytes

    auto operator<=>(const Tlsa&) const = default;
};

// Whether it can be used: 2 or 3, selector, digest and data that fit `digests` (tls_dane_digests).
bool usable_record(const Tlsa& record, const std::vector<std::string>& digests);

}  // namespace tls
