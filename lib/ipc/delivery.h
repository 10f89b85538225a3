// What qmgr and a delivery agent say to each other on private/<transport>.
//
// qmgr connects; the agent speaks first: one AgentHello that lists every delivery which an earlier
// qmgr asked for and nobody has heard the end of. Then, in any order and many at once,
// DeliveryRequest (qmgr to agent) and one DeliveryReport for each (agent to qmgr), also for those
// of the hello: reports of deliveries that finished while nobody listened follow the hello at once.
//
// While the agent holds deliveries that no qmgr has the reports of, and all the time that a qmgr
// is connected, it keeps its AgentMark (agent_mark.h) set: a new qmgr first hears all marked agents
// and schedules nothing that one of them has in flight.
//
// When the connection ends the agent goes on with what it has been asked for, keeps the reports
// and accepts the next qmgr.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/encode.h"
#include "lib/base/time.h"
#include "lib/ipc/message_ref.h"
#include "lib/mail/dsn.h"
#include "lib/mail/envelope.h"
#include "lib/mail/outcome.h"

namespace ipc {

// leaving (agent to qmgr, no payload): the agent drains and wants no further requests. It reports
// on all that it has been sent, also what crossed this frame, and closes. What reaches it after
// that it does not carry out.
enum class DeliveryFrame : uint8_t { hello = 1, request = 2, report = 3, leaving = 4 };

struct DeliveryRecipient {
    uint32_t index = 0;  // in the message's envelope: what outcomes and status words are about
    std::string address;
    std::string original;  // "" where it does not differ
    uint64_t mark = 0;     // queue files: offset of the recipient's record; log: unused
    uint32_t notify = 0;   // as mail::Recipient
    std::string orcpt;

    bool operator==(const DeliveryRecipient&) const = default;
};

struct DeliveryRequest {
    uint64_t id = 0;    // never given twice, not even by a later qmgr
    uint32_t lane = 0;  // requests of one lane are done in order, over one connection at most
    std::string queue_id;
    MessageRef message;
    std::string sender;  // external form; "" is the null sender
    uint64_t size = 0;   // bytes of content, CRLF line ends
    mail::Encoding encoding = mail::Encoding::seven_bit;
    mail::TlsWish tls_wish = mail::TlsWish::as_configured;
    bool has_leading_dots = true;
    std::string nexthop;
    // It is a relay that somebody configured, not the recipients' own domain: its trouble returns
    // no mail. Two requests for one next hop may differ.
    bool configured = false;
    std::string ask_first;  // mail::Outcome::ask_first of the last attempt; "" for none
    std::vector<DeliveryRecipient> recipients;
    base::WallTime arrival{};       // delays= counts from here
    base::WallTime active_since{};  // when qmgr took it up for this attempt: end of the first delay
    uint32_t attempts = 0;          // deliveries tried before this one
    std::string dsn_envid;
    std::string dsn_ret;
    bool probe = false;  // only asks whether the recipients would be taken: nothing is sent

    std::string encode() const;
    // Throws base::DecodeError.
    static DeliveryRequest decode(std::string_view payload);
    bool operator==(const DeliveryRequest&) const = default;
};

struct DeliveryReport {
    uint64_t id = 0;
    std::vector<mail::Outcome> outcomes;  // one for each recipient of the request
    // Why the destination itself cannot be reached (no connection, refused greeting …); "" when
    // the trouble, if any, is the message's own. Counts against the destination.
    std::string destination_trouble;
    // Recipients (indices) whose next host knows DSN: it tells the sender of their delivery, where
    // that was asked for (RFC 3461 section 5.2.1).
    std::vector<uint32_t> told_by_next_host;
    mail::Dsn trouble_dsn{4, 0, 0};
    // When the destination is worth a try again, from now: whoever says so has tried all that it
    // has, and nothing is sent there until then. Zero: not known; enough such reports in a row
    // (the failed cohorts of postconf(5)) make a pause of minimal_backoff_time.
    base::Duration trouble_for{0};

    std::string encode() const;
    // Throws base::DecodeError.
    static DeliveryReport decode(std::string_view payload);
};

struct InFlight {
    uint64_t id = 0;
    std::string queue_id;
    MessageRef message;
    std::vector<uint32_t> recipients;  // indices

    bool operator==(const InFlight&) const = default;
};

struct AgentHello {
    int64_t pid = 0;
    std::vector<InFlight> unreported;

    std::string encode() const;
    // Throws base::DecodeError.
    static AgentHello decode(std::string_view payload);
};

}  // namespace ipc
