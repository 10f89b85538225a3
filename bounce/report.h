// The text of a report on a message's delivery (RFC 3461 to 3464, RFC 6522).
//
// A report is `before`, then what is returned of the message, then `after`.
#pragma once

#include <string>

#include "lib/base/time.h"
#include "lib/ipc/bounce.h"

namespace bounce {

struct Identity {
    std::string hostname;         // myhostname
    std::string mail_name;        // mail_name
    uint64_t size_limit = 50000;  // bounce_size_limit
    // A report on mail that demands TLS (REQUIRETLS) demands none itself, and has no content of it
    // that the way back could show (RFC 8689 section 5): requiretls_redact_dsn.
    bool redacts = true;
    // One that does demand it says so in a header too: requiretls_esmtp_header.
    bool keeps_requiretls = true;
};

// What a report returns of the message (RFC 3461 section 4.3).
enum class Attached { message, header, nothing };

// `message` or `header`: `nothing` is for what cannot be read any more.
Attached attached(const ipc::BounceRequest& request, const Identity& identity);

struct Report {
    std::string message_id;  // with its <>
    Attached attached = Attached::message;
    std::string before;
    std::string after;
};

struct Making {
    std::string id;  // the report's own queue ID
    base::WallTime now{};
    Attached attached = Attached::message;
};

// What a report asks of the TLS of its way.
mail::TlsWish tls_wish(const ipc::BounceRequest& request, const Identity& identity);

// Lines end in CRLF.
Report make_report(const ipc::BounceRequest& request, const Identity& identity,
                   const Making& making);

// What the envelope of the report says, which has `making.id`.
mail::Envelope report_envelope(const ipc::BounceRequest& request, const Identity& identity,
                               const Making& making, const std::string& message_id);

}  // namespace bounce
