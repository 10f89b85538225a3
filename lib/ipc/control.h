// Control frames are what commands ask of a running qmgr on public/qmgr.
//
// A connection is either framed (frame.h: preamble first), and then carries ControlRequests or a
// writer's rings (ring.h), or it carries Postfix's one-byte triggers, as postqueue -f sends them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/encode.h"
#include "lib/base/time.h"

namespace ipc {

// Numbers differ from RingFrame's, since both come on one socket.
enum class ControlFrame : uint8_t { request = 16, answer = 17 };

// Postfix's triggers.
inline constexpr char trigger_deferred_scan = 'D';  // deliver deferred mail
inline constexpr char trigger_incoming_scan = 'I';  // look into incoming/
inline constexpr char trigger_unthrottle = 'A';     // dead destinations are alive again
inline constexpr char trigger_force_scan = 'F';     // deferred mail whatever its next time
inline constexpr char trigger_wakeup = 'W';         // master's periodic wake-up

enum class ControlVerb : uint8_t {
    remove = 1,      // as postsuper -d: the message is gone when the answer comes
    flush = 2,       // as postqueue -i: deliver it now
    list = 3,        // what qmgr knows of mail still in the log; no queue_ids: of all
    flush_site = 4,  // as postqueue -s: all mail with a recipient in this domain, which stands in
                     // the place of the queue_ids
    flush_nexthop = 5,  // all mail that waits for a next hop, which stands in the place of the
                        // queue_ids: as written, with its transport ("smtp:[a]:587") or without
                        // it, or a transport alone. ControlAnswer::count says how many.
};

struct ControlRequest {
    ControlVerb verb = ControlVerb::list;
    std::vector<std::string> queue_ids;

    std::string encode() const;
    // Throws base::DecodeError.
    static ControlRequest decode(std::string_view payload);
};

// One recipient that was tried and deferred.
struct DelayedRecipient {
    uint32_t index = 0;
    std::string reason;
};

struct ControlEntry {
    std::string queue_id;
    bool active = false;            // waits for or is in delivery now
    base::WallTime next_attempt{};  // of one that is not active
    std::vector<DelayedRecipient> delayed;
};

// Those of the request's messages that qmgr found and did the verb to.
struct ControlAnswer {
    std::vector<ControlEntry> entries;
    uint64_t count = 0;  // messages, where no entries name them

    std::string encode() const;
    // Throws base::DecodeError.
    static ControlAnswer decode(std::string_view payload);
};

// Sends `request` to the qmgr at `socket` and waits for the answer, without a loop: for commands.
// Throws base::SystemError when there is no qmgr or it does not answer within `limit`.
ControlAnswer ask_qmgr(const std::string& socket, const ControlRequest& request,
                       base::Duration limit);

}  // namespace ipc
