// Agent is a connection to one delivery agent process, with many deliveries at once.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "lib/ipc/delivery.h"
#include "lib/ipc/duplex.h"

namespace qmgr {

class Agent;

// What agents tell their owner.
class AgentListener {
  public:
    virtual ~AgentListener() = default;
    // The agent's first word: it takes requests from now on.
    virtual void greeted(Agent& agent, ipc::AgentHello hello) = 0;
    virtual void reported(Agent& agent, ipc::DeliveryReport report) = 0;
};

class Agent {
  public:
    Agent(std::unique_ptr<io::Wire> wire, AgentListener& listener)
        : link_(std::move(wire)), listener_(listener) {}

    // Reads until the connection ends; gives why.
    io::Task<std::string> run();
    void request(const ipc::DeliveryRequest& request);

    bool greeted() const { return pid_ != 0; }
    // It drains: nothing new for it.
    bool leaving() const { return leaving_; }
    bool takes_requests() const { return greeted() && !leaving_ && !reserved; }
    // 0 before the hello.
    pid_t pid() const { return pid_; }

    unsigned outstanding = 0;  // requests not reported on: what loads are compared by
    bool reserved = false;     // kept for messages that are tried alone

  private:
    void take(const ipc::Frame& frame);

    ipc::Duplex link_;
    AgentListener& listener_;
    pid_t pid_ = 0;
    bool leaving_ = false;
};

}  // namespace qmgr
