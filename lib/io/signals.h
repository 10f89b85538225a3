// Signals turns signals into something to wait for.
//
// Make it before any thread starts, so that all of them inherit the blocked mask.
#pragma once

#include <signal.h>

#include <initializer_list>

#include "lib/io/descriptor.h"
#include "lib/io/task.h"

namespace io {

class Signals {
  public:
    // Blocks `numbers` in this thread; they arrive at next() instead.
    explicit Signals(std::initializer_list<int> numbers);
    Task<int> next();

  private:
    Descriptor descriptor_;
};

}  // namespace io
