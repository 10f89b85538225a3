// Capabilities is what a server's answer to EHLO offers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/mail/reply.h"

namespace esmtp {

struct Capabilities {
    bool pipelining = false;            // RFC 2920
    bool eight_bit_mime = false;        // RFC 6152
    bool chunking = false;              // RFC 3030
    bool enhanced_codes = false;        // RFC 2034
    bool dsn = false;                   // RFC 3461
    bool starttls = false;              // RFC 3207
    bool smtputf8 = false;              // RFC 6531
    bool size = false;                  // RFC 1870
    bool requiretls = false;            // RFC 8689
    std::optional<uint64_t> max_size;   // none: the server names no limit
    std::vector<std::string> auth;      // mechanisms in capitals, in the server's order
    std::vector<std::string> xforward;  // attributes in capitals, in the server's order
    std::string greeting_name;          // first word of the first line

    bool operator==(const Capabilities&) const = default;
};

// `ignored` are keywords to overlook, in any case (smtp_discard_ehlo_keywords).
Capabilities parse_ehlo(const mail::Reply& reply,
                        const std::vector<std::string_view>& ignored = {});

}  // namespace esmtp
