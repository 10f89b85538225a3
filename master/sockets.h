// Sockets are all listening sockets of master, which lives longer than any process that uses them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/base/fd.h"
#include "master/plan.h"

namespace master {

class Sockets {
  public:
    // Opens what `plan` needs and closes what it does not; those of both plans stay as they are,
    // with the clients in their queues. Throws config::Error naming service, address and line, and
    // has then changed nothing.
    void adopt(const Plan& plan);
    // In the order of the plan, without optional ones that this machine cannot have.
    std::vector<int> of(const ServicePlan& service) const;
    void close() { open_.clear(); }

    // Whether the last adopt() failed because another process has the port.
    bool port_was_taken() const { return port_taken_; }

  private:
    base::Fd open(const ServicePlan& service, const Endpoint& endpoint);

    std::map<std::string, base::Fd> open_;  // by Endpoint::text()
    bool port_taken_ = false;
};

}  // namespace master
