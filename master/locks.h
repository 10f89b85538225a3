// Locks keep a second master off an instance, by the files that Postfix uses for it.
#pragma once

#include <stdexcept>
#include <string>

#include "lib/base/fd.h"
#include "lib/config/settings.h"

namespace master {

struct AlreadyRunning : std::runtime_error {
    AlreadyRunning() : std::runtime_error("the Postfix mail system is already running") {}
};

// pid/master.pid and $data_directory/master.lock, held until this object or the process ends.
class Locks {
  public:
    // The working directory is queue_directory. Throws AlreadyRunning, or base::SystemError.
    static Locks take(const config::Settings& settings);

    // Whether processes of an earlier master still listen: their ports are free in a moment.
    bool earlier_processes_listen() const;

  private:
    base::Fd pid_file_;
    base::Fd data_lock_;
    base::Fd listeners_lock_;
};

}  // namespace master
