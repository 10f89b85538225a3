// Going into the background, and being process 1.
#pragma once

#include "lib/base/fd.h"

namespace master {

// Forks. In the child: a session of its own, and the pipe end to write() one byte to when all is
// up. The parent does not return: it waits for that byte or for the child's end, and leaves with
// status 0 or 1. Only to be called before there are threads or a loop.
base::Fd go_to_background();

// Tells the waiting parent that all is up, and lets go of the terminal.
void report_up(base::Fd pipe);

// Forks. Returns in the child; the parent stays as the init process of a container: it passes on
// TERM, INT, HUP and QUIT, reaps whatever ends, and leaves with the child's status.
void serve_as_init();

}  // namespace master
