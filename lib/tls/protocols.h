// Protocols is a range of TLS versions, written as in smtp_tls_protocols.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tls {

struct Protocols {
    int least = 0;          // as OpenSSL numbers versions; 0: none is too old
    int most = 0;           // 0: none is too new
    uint64_t excluded = 0;  // SSL_OP_NO_… of single versions
    bool none = false;      // all versions are excluded

    bool operator==(const Protocols&) const = default;

    // ">=TLSv1.2, <=TLSv1.3", "!SSLv3 !TLSv1", "TLSv1.2" or a number such as 0x0303 for a version.
    // None for what is nothing of that.
    static std::optional<Protocols> parse(std::string_view text);
};

// What parse() takes, for messages.
inline constexpr const char* protocols_form =
    "protocols (SSLv3, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3), each alone or behind >=, <= or !";

}  // namespace tls
