// Outcome is what one delivery attempt meant for one recipient.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/encode.h"
#include "lib/base/time.h"
#include "lib/mail/dsn.h"

namespace mail {

enum class Status : uint8_t { sent, deferred, bounced };

// As log lines have it: "sent", "deferred", "bounced".
std::string_view status_text(Status status);
// The same where it was only asked: "deliverable", "undeliverable".
std::string_view probe_text(Status status);

struct Outcome {
    uint32_t recipient = 0;  // index in the envelope
    Status status = Status::deferred;
    Dsn dsn{4, 0, 0};
    std::string reason;      // one line for a postmaster, as in the log's parentheses
    std::string relay;       // "host[address]:port" or "none"
    std::string remote_mta;  // the host that said `diagnostic`; "" when no host spoke
    std::string diagnostic;  // its reply as received ("550 5.1.1 no such user"), for the report
    // Of a deferral: when another attempt is worth it; zero: by the usual back-off.
    base::Duration retry_in{0};
    // Which relay that attempt asks first, in the words of whoever made this one (nobody else reads
    // it); "" for none. Known while the message is young only.
    std::string ask_first = {};

    void encode(base::Encoder& out) const;
    // Throws base::DecodeError.
    static Outcome decode(base::Decoder& in);
};

}  // namespace mail
