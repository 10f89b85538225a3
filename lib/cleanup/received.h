// The Received: header that is put in front of a message.
#pragma once

#include <string>
#include <string_view>

#include "lib/cleanup/options.h"
#include "lib/mail/envelope.h"

namespace cleanup {

// RFC 5321 section 4.4, with CRLF line ends; names the recipient if there is only one, so that a
// blind copy stays blind. `notes` are comments on the session that it came in: lines, each behind
// CRLF and a tab.
std::string received_header(const Options& options, const mail::Envelope& envelope,
                            std::string_view notes = {});

// `text` as it can stand in a comment of a header.
std::string in_comment(std::string_view text);

// The same for mail of a user of this machine.
std::string received_from_user(const Options& options, const mail::Envelope& envelope,
                               unsigned uid);

// `address` in brackets, as it stands in header and protocol: "[192.0.2.1]", "[IPv6:2001:db8::1]".
std::string address_literal(std::string_view address);

}  // namespace cleanup
