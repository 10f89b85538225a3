#include "qmgr/agent_pool.h"

#include <algorithm>

#include "lib/base/error.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

// A full listen queue is the one thing that makes connecting to a local socket wait.
constexpr base::Duration connect_limit = 30s;
// After an agent that was gone before its hello.
constexpr base::Duration silence_pause = 1s;

}  // namespace

AgentPool::AgentPool(std::string socket, Events events, io::Scope& scope)
    : socket_(std::move(socket)), events_(std::move(events)), scope_(scope) {}

Agent* AgentPool::least_loaded() const {
    Agent* best = nullptr;
    for (auto& agent : agents_)
        if (agent->takes_requests() && (!best || agent->outstanding < best->outstanding))
            best = agent.get();
    return best;
}

size_t AgentPool::greeted() const {
    return static_cast<size_t>(std::count_if(agents_.begin(), agents_.end(),
                                             [](auto& agent) { return agent->greeted(); }));
}

void AgentPool::open_another() {
    if (std::exchange(opening_, true))
        return;
    scope_.spawn(connect());
}

io::Task<void> AgentPool::connect() {
    auto address = io::SocketAddress::unix_path(socket_);
    std::string why = "socket name is too long";
    try {
        if (address) {
            base::Fd socket = co_await io::connect(*address, io::loop().now() + connect_limit);
            auto wire = io::descriptor_wire(std::move(socket));
            co_await keep(std::move(wire));
            co_return;
        }
    } catch (const base::SystemError& error) {
        why = error.what();
    } catch (const io::TimedOut& error) {
        why = error.what();
    }
    opening_ = false;
    events_.unavailable(why);
}

io::Task<void> AgentPool::keep(std::unique_ptr<io::Wire> wire) {
    agents_.push_back(std::make_unique<Agent>(std::move(wire), *events_.listener));
    auto place = std::prev(agents_.end());
    std::string why = co_await (*place)->run();
    if (!(*place)->greeted()) {
        co_await io::sleep(silence_pause);
        opening_ = false;
    }
    std::unique_ptr<Agent> agent = std::move(*place);
    agents_.erase(place);
    events_.gone(*agent, why);
}

}  // namespace qmgr
