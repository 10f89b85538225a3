// SMTP on standard input and output, for programs that speak it to a mail system they run: -bs.
#pragma once

#include <cstdio>

#include "lib/config/settings.h"

namespace sendmail {

// Serves one client until QUIT or the end of its input. Each message goes to postdrop; the user who
// runs this may send to anybody, as with all of sendmail. Lines may end in CRLF or LF.
void speak_smtp(const config::Settings& settings, FILE* input, FILE* output);

}  // namespace sendmail
