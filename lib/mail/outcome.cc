#include "lib/mail/outcome.h"

namespace mail {

std::string_view status_text(Status status) {
    switch (status) {
        case Status::sent:
            return "sent";
        case Status::deferred:
            return "deferred";
        case Status::bounced:
            return "bounced";
    }
    return "deferred";
}

std::string_view probe_text(Status status) {
    return status == Status::sent ? "deliverable" : "undeliverable";
}

void Outcome::encode(base::Encoder& out) const {
    out.u32(recipient).u8(static_cast<uint8_t>(status));
    out.u16(static_cast<uint16_t>(dsn.klass)).u16(static_cast<uint16_t>(dsn.subject));
    out.u16(static_cast<uint16_t>(dsn.detail));
    out.string(reason).string(relay).string(remote_mta).string(diagnostic);
    out.i64(retry_in.count()).string(ask_first);
}

Outcome Outcome::decode(base::Decoder& in) {
    Outcome outcome;
    outcome.recipient = in.u32();
    auto status = in.u8();
    if (status > static_cast<uint8_t>(Status::bounced))
        throw base::DecodeError("unknown delivery status");
    outcome.status = static_cast<Status>(status);
    outcome.dsn.klass = in.u16();
    outcome.dsn.subject = in.u16();
    outcome.dsn.detail = in.u16();
    outcome.reason = in.string();
    outcome.relay = in.string();
    outcome.remote_mta = in.string();
    outcome.diagnostic = in.string();
    outcome.retry_in = base::Duration(in.i64());
    outcome.ask_first = in.string();
    return outcome;
}

}  // namespace mail
