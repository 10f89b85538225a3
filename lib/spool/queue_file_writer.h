// write_queue_file() puts a message into a file as Postfix would.
#pragma once

#include <vector>

#include "lib/mail/envelope.h"
#include "lib/spool/message_source.h"
#include "lib/spool/queue_file.h"

namespace spool {

// Writes the whole file from offset 0 on and gives the places of its recipients. `done` may be
// shorter than the recipients: the rest is pending. A line that ends in a bare LF becomes one that
// ends in CRLF, as does a last line without an end. Throws base::SystemError, BadContent.
std::vector<RecipientPlace> write_queue_file(int fd, const mail::Envelope& envelope,
                                             const std::vector<bool>& done, MessageSource& content);

}  // namespace spool
