// STARTTLS, and TLS from the first byte (RFC 3207, RFC 8314): a session's way into TLS.
#pragma once

#include <optional>

#include "lib/esmtp/command.h"
#include "lib/io/task.h"
#include "smtpd/commands.h"
#include "smtpd/judge.h"

namespace smtpd {

struct Session;

// Goes on with the session under TLS, with nothing left of what the client said before. A
// handshake that fails is logged, and ends the session: io::Closed. Gives what is to be said to a
// client that may not go on after all.
io::Task<Objection> enter_tls(Session& session);

// Whether the client has shown a certificate of somebody who is trusted.
bool has_trusted_certificate(const Session& session);
// Whether EHLO offers STARTTLS.
bool offers_starttls(const Session& session);
// Whether it offers REQUIRETLS: only under TLS (RFC 8689 section 2).
bool offers_requiretls(const Session& session);

io::Task<Answer> starttls_command(Session& session, const esmtp::Command& command);

}  // namespace smtpd
