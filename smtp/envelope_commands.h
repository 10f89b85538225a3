// The commands MAIL and RCPT for one message, with the parameters that the server understands.
#pragma once

#include <string>
#include <string_view>

#include "lib/esmtp/ehlo.h"
#include "smtp/job.h"
#include "smtp/session.h"

namespace smtp {

// False for what would not stay one command: control characters.
bool safe_in_command(std::string_view text);

// With CRLF. Everything in them must be safe_in_command().
// `of_nobody`: says that nobody vouches for the sender (AUTH=<>).
std::string mail_command(const Job& job, const Session& session, bool of_nobody);
// With `original`, servers that report deliveries are told what the recipient was before it was
// rewritten, even where the client did not ask for that.
std::string rcpt_command(const Job& job, uint32_t place, const esmtp::Capabilities& offers,
                         bool original);

}  // namespace smtp
