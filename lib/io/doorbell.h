// Doorbell wakes the loop from another thread.
#pragma once

#include "lib/io/descriptor.h"
#include "lib/io/task.h"

namespace io {

class Doorbell {
  public:
    Doorbell();
    // From any thread, also in a signal handler; rings before the next wait() count as one.
    void ring() const;
    // On the loop: goes on after a ring, true; at the deadline, false.
    Task<bool> wait(Instant deadline = never);

  private:
    Descriptor descriptor_;
};

}  // namespace io
