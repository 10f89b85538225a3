// Envelope is all that travels with a message but is not its content.
//
// Encoded as named attributes, empty ones left out, then the recipients; attributes of a newer
// version are kept in `more` and written again as they were.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/encode.h"
#include "lib/base/time.h"

namespace mail {

enum class Encoding : uint8_t { seven_bit, eight_bit };

// What a sender asks of the TLS of every hop (RFC 8689).
enum class TlsWish : uint8_t {
    as_configured,  // nothing
    optional,       // header "TLS-Required: no": better in plaintext than not at all
    required,       // REQUIRETLS: better not at all; stronger than the header
};

// Bits of Recipient::notify (RFC 3461 NOTIFY=); 0 when the client asked for nothing.
inline constexpr uint32_t notify_never = 1;
inline constexpr uint32_t notify_success = 2;
inline constexpr uint32_t notify_failure = 4;
inline constexpr uint32_t notify_delay = 8;

struct Recipient {
    std::string address;   // external quoted form, without <>
    std::string original;  // as the client gave it, where that differs; else ""
    uint32_t notify = 0;
    std::string orcpt;  // RFC 3461 ORCPT= as received ("rfc822;a@b"), or ""

    bool operator==(const Recipient&) const = default;
};

struct Envelope {
    std::string queue_id;
    base::WallTime arrival{};
    std::string sender;  // external quoted form; "" is the null sender
    std::vector<Recipient> recipients;
    Encoding encoding = Encoding::seven_bit;
    TlsWish tls_wish = TlsWish::as_configured;

    std::string client_name;     // "unknown" where no name was found
    std::string client_address;  // "192.0.2.1", "2001:db8::1"
    std::string client_port;
    std::string helo_name;
    std::string protocol;    // "SMTP" or "ESMTP"; "" for mail that came by other ways
    std::string message_id;  // with its <>; "" when the message has none
    std::string dsn_envid;
    std::string dsn_ret;    // "FULL", "HDRS" or ""
    std::string report_of;  // queue ID of the message this is a report of, or ""
    std::map<std::string, std::string, std::less<>> more;

    // What `more` has under `name`; "" for nothing.
    std::string note(std::string_view name) const;

    void encode(base::Encoder& out) const;
    // Throws base::DecodeError.
    static Envelope decode(base::Decoder& in);

    bool operator==(const Envelope&) const = default;
};

}  // namespace mail
