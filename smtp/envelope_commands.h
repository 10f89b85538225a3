// The commands MAIL and RCPT for one message, with the parameters that the server understands.
#pragma once

#include <string>
#include <string_view>

#include "lib/esmtp/ehlo.h"
#include "lib/ipc/delivery.h"

namespace smtp {

// False for what would not stay one command: control characters.
bool safe_in_command(std::string_view text);

// With CRLF. Everything in them must be safe_in_command().
std::string mail_command(const ipc::DeliveryRequest& request, const esmtp::Capabilities& offers);
std::string rcpt_command(const ipc::DeliveryRecipient& recipient,
                         const esmtp::Capabilities& offers);

}  // namespace smtp
