// TlsOptions is what main.cf says of TLS to this side of a session, but for how TLS itself is done.
#pragma once

#include "lib/base/time.h"
#include "lib/config/settings.h"

namespace smtpd {

struct TlsOptions {
    bool offered = false;     // STARTTLS
    bool demanded = false;    // nothing is done for a client in plain text
    bool from_start = false;  // before the greeting (RFC 8314): smtpd_tls_wrappermode
    // Sessions go no further without a certificate of the client that is trusted.
    bool client_trusted = false;
    bool asks_certificate = false;
    bool shown_in_received = false;
    base::Duration handshake_time = std::chrono::seconds(300);

    // Warns of what does not go together.
    static TlsOptions from(const config::Settings& settings);
    bool any() const { return offered || from_start; }
};

}  // namespace smtpd
