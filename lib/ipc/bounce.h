// What qmgr and bounce say to each other on private/bounce.
//
// qmgr asks for one report of one message; the answer comes when the report is durable. A
// non-delivery report's envelope names the message (report_of) and the failed recipients
// (report_for in `more`, indices joined by commas), so that a qmgr that missed the answer finds the
// report in the log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/encode.h"
#include "lib/ipc/message_ref.h"
#include "lib/mail/envelope.h"
#include "lib/mail/outcome.h"

namespace ipc {

enum class BounceFrame : uint8_t { request = 1, answer = 2 };

inline constexpr std::string_view report_for = "report_for";

enum class ReportKind : uint8_t {
    failure,  // what could not be delivered
    success,  // what was delivered, to a sender who wants to know (RFC 3461)
    status,   // what came of the first attempt, for each recipient: sendmail -v
    probe,    // what would come of it: sendmail -bv
};

struct BounceRequest {
    uint64_t id = 0;
    ReportKind kind = ReportKind::failure;
    MessageRef message;
    mail::Envelope envelope;              // its recipients are those that are reported on
    std::vector<mail::Outcome> outcomes;  // one for each, in the same order
    uint64_t size = 0;                    // bytes of content

    std::string encode() const;
    // Throws base::DecodeError.
    static BounceRequest decode(std::string_view payload);
};

struct BounceAnswer {
    uint64_t id = 0;
    std::string report;  // queue ID of the report, durable now; "" when there is none
    std::string error;   // why there is none: worth another try later

    std::string encode() const;
    // Throws base::DecodeError.
    static BounceAnswer decode(std::string_view payload);
};

}  // namespace ipc
