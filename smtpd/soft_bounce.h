// soft_bounce: what would be refused for good is refused for now.
#pragma once

#include "lib/mail/reply.h"
#include "smtpd/options.h"

namespace smtpd {

// `reply` as it is sent and logged: with soft_bounce a 5xx becomes the 4xx, in the code and in the
// enhanced codes of all lines.
mail::Reply softened(mail::Reply reply, const Options& options);

}  // namespace smtpd
