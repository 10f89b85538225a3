// XFORWARD tells a server behind us, such as a content filter, about the client that a message came
// from.
#pragma once

#include <string>
#include <vector>

#include "lib/mail/envelope.h"

namespace smtp {

// The commands, with CRLF, that tell what is known of those `attributes` which the server names in
// its reply to EHLO; none where nothing is known.
std::vector<std::string> xforward_commands(const mail::Envelope& message,
                                           const std::vector<std::string>& attributes);

}  // namespace smtp
