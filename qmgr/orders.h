// What the envelope of a message says about it as a whole.
#pragma once

#include "lib/mail/envelope.h"
#include "qmgr/message.h"

namespace qmgr {

// `message` has its recipients, of which `envelope` need not have any.
void take_orders(Message& message, const mail::Envelope& envelope);

}  // namespace qmgr
