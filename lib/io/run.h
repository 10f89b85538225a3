// run_main() runs one task on this thread's loop until it ends.
#pragma once

#include "lib/io/loop.h"
#include "lib/io/scope.h"

namespace io {

// Rethrows what the task throws. Tasks spawned elsewhere stand still afterwards.
void run_task(Task<void> task);
// The same for the end of main(): 0, or 1 after logging the exception as fatal text.
int run_main(Task<void> task);

}  // namespace io
