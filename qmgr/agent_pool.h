// AgentPool is the connections to the agents of one transport.
//
// An agent takes one connection and then leaves the socket to others, so that opening one more
// brings one more agent, as far as master starts them. One connection at a time waits to be taken.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "lib/base/time.h"
#include "lib/io/scope.h"
#include "qmgr/agent.h"

namespace qmgr {

class AgentPool {
  public:
    struct Events {
        AgentListener* listener = nullptr;
        // Its connection ended. Its requests are lost, it dies when this returns.
        std::function<void(Agent&, const std::string& why)> gone;
        // No connection can be made.
        std::function<void(const std::string& why)> unavailable;
    };

    // `socket`: path of private/<transport>. Connections run in `scope`.
    AgentPool(std::string socket, Events events, io::Scope& scope);

    // The agent with the fewest requests that takes more; null when there is none.
    Agent* least_loaded() const;
    // Opens one more connection, unless one is waiting to be taken already.
    void open_another();
    // Agents that said hello.
    size_t greeted() const;
    const std::list<std::unique_ptr<Agent>>& agents() const { return agents_; }
    bool opening() const { return opening_; }
    // An agent said hello: its connection is not waiting any more.
    void settled() { opening_ = false; }

  private:
    io::Task<void> connect();
    io::Task<void> keep(std::unique_ptr<io::Wire> wire);

    std::string socket_;
    Events events_;
    io::Scope& scope_;
    std::list<std::unique_ptr<Agent>> agents_;
    bool opening_ = false;
};

}  // namespace qmgr
