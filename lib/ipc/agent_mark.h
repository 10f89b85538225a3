// AgentMark is how a delivery agent shows the next qmgr that it may have deliveries in flight.
//
// It is a shared open-file-description lock on the byte of a common file whose number is the
// agent's process ID: gone when the agent dies, whatever it dies of.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "lib/base/fd.h"

namespace ipc {

class AgentMark {
  public:
    // `queue_directory` as this process sees it; the file is log/agents below it, made if absent.
    // Throws base::SystemError.
    explicit AgentMark(const std::string& queue_directory);

    void set();
    void clear();

  private:
    void lock(short type);
    base::Fd file_;
};

// Process IDs of all agents that have their mark set now; none when the file is absent.
std::vector<pid_t> marked_agents(const std::string& queue_directory);

}  // namespace ipc
