// Every line that the SMTP server logs, one function an event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/esmtp/command.h"
#include "lib/mail/reply.h"

namespace smtpd {
struct Session;
}

namespace smtpd::log {

// The name that an address is said to have does not lead back to it; `why` where that is known.
void name_without_address(std::string_view name, std::string_view address, std::string_view why);
void connect(const Session& session);
void disconnect(const Session& session);
// The first recipient was accepted: from here on the message has a name.
void client(const Session& session);
// `recipient` is "" where the refusal is not about one.
void reject(const Session& session, const mail::Reply& reply, std::string_view recipient);
// What restrictions did: `what` is "reject", "reject_warning", "warn", "info", "permit" …
struct Mail {
    std::optional<std::string> sender, recipient;  // none: not given yet
};
void access(const Session& session, std::string_view what, std::string_view text, const Mail& mail);
// The status that an access table gave does not fit what was looked up.
void status_changed(std::string_view from, std::string_view kind, std::string_view to);
// "lost connection", "timeout", "too many errors", "bare <LF> received": why a session ended.
void ended(const Session& session, std::string_view reason);
void improper_pipelining(const Session& session, std::string_view early);
// AUTH came to nothing; `user` is whom the client wanted to be, or "".
void login_failed(const Session& session, std::string_view mechanism, std::string_view why,
                  std::string_view user);
void login_aborted(const Session& session, std::string_view mechanism);
// Clients that might log in cannot: there is no mechanism that suits what main.cf demands of one.
void no_mechanisms(const Session& session);
// Which mechanisms clients may use is not known now.
void no_mechanism_filter(std::string_view why);
// A client did too much of something: "Connection rate", "Recipient address rate" …
void over_limit(const Session& session, std::string_view what, uint32_t number);
// The address of MAIL FROM: or RCPT TO: is none.
void bad_address(const Session& session, std::string_view address);
// ETRN for a site that mail is not kept for.
void not_flushed(const Session& session, std::string_view domain);
// A client asks for too many new TLS sessions; a session under TLS may not go on.
void tls_request_refused(const Session& session);
void certificate_trouble(const Session& session, std::string_view what);
void tls_aborted(const Session& session, std::string_view why);
void forbidden(const Session& session, const esmtp::Command& command);
// The spool refused a message.
// smtpd_command_filter changed a command, or does not answer.
void command_replaced(const Session& session, std::string_view command, std::string_view instead);
void filter_trouble(const Session& session, std::string_view command);
void not_stored(std::string_view queue_id, std::string_view why);

}  // namespace smtpd::log
