// Candidates are the places that a race may run to, asked for one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/base/time.h"
#include "lib/io/task.h"
#include "lib/nexthop/endpoint.h"
#include "smtp/session.h"
#include "smtp/trouble.h"

namespace smtp {

struct Candidate {
    Candidate() = default;

    nexthop::Endpoint endpoint;
    size_t site = 0;            // the number of its relay in the next hop's list
    bool hedged = false;        // another relay of the list may be tried beside it when it is slow
    base::Duration connect{};   // to be connected within; 0: no limit but the system's
    base::Duration greeting{};  // to be greeted within, from then on
    base::Instant until = base::never;  // and both before this moment
    std::unique_ptr<Session> kept;      // an open session there, or null
    SharedApproach approach;            // of a session there, kept or new
};

// How it went with one that did not win.
struct Ended {
    // failed: for `trouble`. lost: one that started later was quicker. withdrawn: nothing is known
    // of it, it was in nobody's way.
    enum class How : uint8_t { failed, lost, withdrawn };

    Ended() = default;
    Candidate candidate;
    How how = How::withdrawn;
    Trouble trouble;         // of the lost ones as well, as if they had timed out
    base::Duration after{};  // it was started
    bool connected = false;
    base::Duration connecting{};  // how long that took
};

class Candidates {
  public:
    virtual ~Candidates() = default;
    // The next one in order that belongs to none of the relays `running`; none when there is none
    // at the moment. It is the caller's from now on, until it has won or ended() is told of it. Not
    // called again before it has answered; may be cancelled while it looks something up.
    virtual io::Task<std::optional<Candidate>> next(const std::vector<size_t>& running) = 0;
    // Another address of the same host, if one is known.
    virtual std::optional<Candidate> sibling(const Candidate& candidate) = 0;
    // One of them is out of the race. False: so is the message, and the race is over.
    virtual bool ended(Ended how) = 0;
};

}  // namespace smtp
