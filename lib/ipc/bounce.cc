#include "lib/ipc/bounce.h"

#include "lib/ipc/codec.h"

namespace ipc {

namespace {

constexpr size_t least_outcome = 12;

}  // namespace

std::string BounceRequest::encode() const {
    base::Encoder out;
    out.u64(id).u8(static_cast<uint8_t>(kind));
    ipc::encode(out, message);
    envelope.encode(out);
    encode_items(out, outcomes, [](base::Encoder& o, const mail::Outcome& one) { one.encode(o); });
    out.u64(size);
    return out.take();
}

BounceRequest BounceRequest::decode(std::string_view payload) {
    base::Decoder in(payload);
    BounceRequest r;
    r.id = in.u64();
    uint8_t kind = in.u8();
    if (kind > static_cast<uint8_t>(ReportKind::probe))
        throw base::DecodeError("unknown kind of report");
    r.kind = static_cast<ReportKind>(kind);
    r.message = decode_message_ref(in);
    r.envelope = mail::Envelope::decode(in);
    r.outcomes = decode_items(in, least_outcome, mail::Outcome::decode);
    r.size = in.u64();
    if (r.outcomes.size() != r.envelope.recipients.size())
        throw base::DecodeError("outcomes and recipients do not match");
    return r;
}

std::string BounceAnswer::encode() const {
    return base::Encoder().u64(id).string(report).string(error).take();
}

BounceAnswer BounceAnswer::decode(std::string_view payload) {
    base::Decoder in(payload);
    BounceAnswer answer;
    answer.id = in.u64();
    answer.report = in.string();
    answer.error = in.string();
    return answer;
}

}  // namespace ipc
