#include "lib/ipc/control.h"

#include "lib/ipc/codec.h"

namespace ipc {

namespace {

constexpr size_t least_delayed = 4 + 4;
constexpr size_t least_entry = 4 + 1 + 8 + 4;

ControlVerb decode_verb(base::Decoder& in) {
    uint8_t verb = in.u8();
    if (verb < static_cast<uint8_t>(ControlVerb::remove) ||
        verb > static_cast<uint8_t>(ControlVerb::flush_nexthop))
        throw base::DecodeError("unknown verb");
    return static_cast<ControlVerb>(verb);
}

void encode_delayed(base::Encoder& out, const DelayedRecipient& one) {
    out.u32(one.index).string(one.reason);
}

DelayedRecipient decode_delayed(base::Decoder& in) {
    DelayedRecipient one;
    one.index = in.u32();
    one.reason = in.string();
    return one;
}

void encode_entry(base::Encoder& out, const ControlEntry& entry) {
    out.string(entry.queue_id).u8(entry.active);
    encode_time(out, entry.next_attempt);
    encode_items(out, entry.delayed, encode_delayed);
}

ControlEntry decode_entry(base::Decoder& in) {
    ControlEntry entry;
    entry.queue_id = in.string();
    entry.active = in.u8() != 0;
    entry.next_attempt = decode_time(in);
    entry.delayed = decode_items(in, least_delayed, decode_delayed);
    return entry;
}

}  // namespace

std::string ControlRequest::encode() const {
    base::Encoder out;
    out.u8(static_cast<uint8_t>(verb));
    encode_items(out, queue_ids, [](base::Encoder& o, const std::string& id) { o.string(id); });
    return out.take();
}

ControlRequest ControlRequest::decode(std::string_view payload) {
    base::Decoder in(payload);
    ControlRequest request;
    request.verb = decode_verb(in);
    request.queue_ids =
        decode_items(in, 4, [](base::Decoder& i) { return std::string(i.string()); });
    return request;
}

std::string ControlAnswer::encode() const {
    base::Encoder out;
    encode_items(out, entries, encode_entry);
    out.u64(count);
    return out.take();
}

ControlAnswer ControlAnswer::decode(std::string_view payload) {
    base::Decoder in(payload);
    ControlAnswer answer;
    answer.entries = decode_items(in, least_entry, decode_entry);
    answer.count = in.u64();
    return answer;
}

}  // namespace ipc
