// The parameters of LMTP delivery: those of the SMTP client, under names of their own.
#pragma once

#include "lib/config/parameter_rows.h"

namespace config {

// A row for each smtp_… row that holds for LMTP too, with its type, range, state and meaning:
// what is built for one is built for the other.
Rows lmtp_rows();

}  // namespace config
