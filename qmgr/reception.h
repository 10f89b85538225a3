// Reception talks to all who connect to public/qmgr: writers, commands, and senders of triggers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/io/task.h"
#include "lib/ipc/control.h"
#include "lib/ipc/duplex.h"
#include "lib/ipc/ring.h"

namespace qmgr {

class Desk {
  public:
    virtual ~Desk() = default;
    virtual void rung(const std::vector<ipc::Ring>& rings) = 0;
    virtual void trigger(char what) = 0;
    virtual io::Task<ipc::ControlAnswer> control(ipc::ControlRequest request) = 0;
};

// One connection, until its end. `desk` outlives it.
io::Task<void> receive(std::unique_ptr<io::Wire> wire, Desk& desk);

}  // namespace qmgr
