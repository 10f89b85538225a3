// Message is one queued message in memory, with where each of its recipients stands.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/ipc/message_ref.h"
#include "lib/mail/envelope.h"
#include "lib/mail/outcome.h"
#include "lib/spool/status_area.h"

namespace qmgr {

class SegmentFollower;

struct Recipient {
    mail::Recipient envelope;
    uint64_t mark = 0;  // in queue files: offset of its record
    spool::RecipientState state = spool::RecipientState::pending;
    // An agent, asked by an earlier qmgr, has it in flight.
    bool elsewhere = false;
    // Such an agent died with it: it is tried again at once.
    bool again = false;
    // What the last attempt that did not deliver gave; null when there was none.
    std::unique_ptr<mail::Outcome> last;

    bool pending() const { return state == spool::RecipientState::pending; }
    bool owed() const { return state == spool::RecipientState::failed_owed; }
};

// What of its delivery the sender asked for a report of, beside failures and what recipients say.
enum class Trace : uint8_t {
    none,
    status,  // of the first attempt
    probe,   // nothing is to be delivered: what would come of it
};

enum class Stage : uint8_t {
    waiting,   // for its next attempt
    active,    // its recipients are in the queues of destinations or with agents
    settling,  // every recipient of this attempt is decided; reports, marks and moves are made
};

struct Message {
    std::string queue_id;
    ipc::MessageRef place;
    std::string sender;  // "" is the null sender
    uint64_t size = 0;
    mail::Encoding encoding = mail::Encoding::seven_bit;
    mail::TlsWish tls_wish = mail::TlsWish::as_configured;
    bool has_leading_dots = true;
    std::string dsn_envid;
    std::string dsn_ret;
    std::string content_file;  // in content/; removed when all is done
    std::string refused;       // it goes back to its sender: a status code and why; "" else
    std::string filter;        // "transport:nexthop" instead of routing; "" for none
    Trace trace = Trace::none;
    // Where the last attempt got nowhere, as Timetable::learn() takes it.
    std::vector<std::string> hops;
    std::vector<mail::Outcome> told;  // deliveries of this attempt that the sender is told of
    base::WallTime arrival{};
    std::vector<Recipient> recipients;

    Stage stage = Stage::waiting;
    bool reporting = false;  // waits for its report to be written
    bool removed = false;    // by postsuper: nothing more is sent
    bool held = false;       // goes into hold/, undelivered
    bool asked = false;      // by a flush, for the attempt after this one
    bool flushed = false;    // this attempt was asked for: no transport is deferred
    bool solo = false;       // was in flight when an agent crashed: tried alone
    uint32_t undecided = 0;  // recipients of this attempt that nobody has reported on
    uint32_t attempts = 0;
    uint32_t deaths = 0;  // agents that crashed with it
    base::WallTime active_since{};
    base::WallTime next_attempt{};
    base::WallTime put_off_at = base::WallTime::max();  // never yet
    // Follows the segment it lies in; null for queue files.
    SegmentFollower* follower = nullptr;

    bool in_log() const { return std::holds_alternative<spool::RecordRef>(place); }
    const spool::RecordRef& record() const { return std::get<spool::RecordRef>(place); }
    const ipc::FileRef& file() const { return std::get<ipc::FileRef>(place); }

    // Whether some recipient is in this state.
    bool any(spool::RecipientState state) const {
        for (const Recipient& recipient : recipients)
            if (recipient.state == state)
                return true;
        return false;
    }
    bool finished() const {
        return !any(spool::RecipientState::pending) && !any(spool::RecipientState::failed_owed);
    }
};

}  // namespace qmgr
