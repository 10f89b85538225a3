// TlsPolicy is whether a connection is to be under TLS, and with what server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace smtp {

// As main.cf and tables name them, the weakest first.
enum class TlsLevel : uint8_t { none, may, encrypt, dane, dane_only, fingerprint, verify, secure };

struct TlsPolicy {
    TlsLevel level = TlsLevel::none;
    bool wrapped = false;  // TLS from the first byte
    // Names that a certificate may have ("hostname", "nexthop", "dot-nexthop", a name, ".parent"),
    // or fingerprints.
    std::vector<std::string> match;
    // What "nexthop" means; "" where nothing in the policy asks for that, so that it makes no
    // difference.
    std::string domain;

    bool operator==(const TlsPolicy&) const = default;
};

}  // namespace smtp
