// What the log says of odd answers from name servers.
#pragma once

#include "lib/dns/message.h"

namespace dns::log {

// Names in the answer that are none, or that are numbers; records that are more than are used.
void oddities(const Message& message, const Question& question);

// What was asked to find out whether servers validate, and what came of it.
void no_validation(const Question& probe, const Answer& answer);

}  // namespace dns::log
