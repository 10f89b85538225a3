// Agent carries out the delivery requests of one qmgr after another, and loses no report.
//
// What a qmgr asked for goes on when its connection ends; the next qmgr hears of it first
// (lib/ipc/delivery.h).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>

#include "lib/base/fd.h"
#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "lib/io/semaphore.h"
#include "lib/io/stream.h"
#include "lib/io/task.h"
#include "lib/ipc/frame.h"
#include "smtp/idle_sessions.h"
#include "smtp/lane.h"

namespace smtp {

class Agent {
  public:
    // All of it outlives the agent. `draining` is set when the agent is to leave.
    Agent(const Options& options, Queue& queue, Dialer& dialer, nexthop::SiteLookup& sites,
          Relays& relays, io::Event& draining, size_t session_limit);

    // Closes connections that have been idle too long; until its scope is cancelled.
    io::Task<void> keep_house() { return idle_.run(); }
    // Serves one qmgr to the end of its connection. Not two at a time.
    io::Task<void> serve(std::unique_ptr<io::Wire> requests, std::unique_ptr<io::Wire> reports);
    // The end of all deliveries.
    io::Task<void> finish();

    // Nothing is under way and no report waits for a qmgr.
    bool nothing_owed() const { return under_way_.empty() && settled_.empty(); }

  private:
    io::Task<void> receive(io::Stream& stream);
    void take(const ipc::Frame& frame);
    io::Task<void> report(io::Stream& stream);
    io::Task<void> take_leave(io::Stream& stream);
    void put_hello(io::Stream& stream) const;
    io::Task<void> drive(Lane& lane, uint32_t number);
    void settled(std::unique_ptr<Job> job);

    const Options& options_;
    Queue& queue_;
    io::Event& draining_;
    IdleSessions idle_;
    Workshop shop_;
    io::Semaphore sessions_;
    std::unordered_map<uint32_t, std::unique_ptr<Lane>> lanes_;
    std::map<uint64_t, ipc::InFlight> under_way_;  // by request
    std::deque<std::unique_ptr<Job>> settled_;     // whose report no qmgr has
    io::Event news_;                               // settled_ has grown, or it is time to leave
    io::Event all_told_;                           // nothing_owed()
    bool leaving_ = false;
    bool ended_ = false;  // no report reaches this qmgr any more, so no request is taken
    io::Scope deliveries_;
};

}  // namespace smtp
