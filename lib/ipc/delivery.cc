#include "lib/ipc/delivery.h"

#include "lib/ipc/codec.h"

namespace ipc {

namespace {

constexpr size_t least_recipient = 4 + 4 + 4 + 8 + 4 + 4;
constexpr size_t least_outcome = 12;
constexpr size_t least_in_flight = 8 + 4 + 1 + 4;

void encode_recipient(base::Encoder& out, const DeliveryRecipient& r) {
    out.u32(r.index).string(r.address).string(r.original).u64(r.mark);
    out.u32(r.notify).string(r.orcpt);
}

DeliveryRecipient decode_recipient(base::Decoder& in) {
    DeliveryRecipient r;
    r.index = in.u32();
    r.address = in.string();
    r.original = in.string();
    r.mark = in.u64();
    r.notify = in.u32();
    r.orcpt = in.string();
    return r;
}

mail::Encoding decode_encoding(base::Decoder& in) {
    uint8_t encoding = in.u8();
    if (encoding > static_cast<uint8_t>(mail::Encoding::eight_bit))
        throw base::DecodeError("unknown encoding");
    return static_cast<mail::Encoding>(encoding);
}

mail::TlsWish decode_tls_wish(base::Decoder& in) {
    uint8_t wish = in.u8();
    if (wish > static_cast<uint8_t>(mail::TlsWish::required))
        throw base::DecodeError("unknown wish for TLS");
    return static_cast<mail::TlsWish>(wish);
}

void encode_in_flight(base::Encoder& out, const InFlight& f) {
    out.u64(f.id).string(f.queue_id);
    encode(out, f.message);
    encode_items(out, f.recipients, [](base::Encoder& o, uint32_t index) { o.u32(index); });
}

InFlight decode_in_flight(base::Decoder& in) {
    InFlight f;
    f.id = in.u64();
    f.queue_id = in.string();
    f.message = decode_message_ref(in);
    f.recipients = decode_items(in, 4, [](base::Decoder& i) { return i.u32(); });
    return f;
}

}  // namespace

std::string DeliveryRequest::encode() const {
    base::Encoder out;
    out.u64(id).u32(lane).string(queue_id);
    ipc::encode(out, message);
    out.string(sender).u64(size).u8(static_cast<uint8_t>(encoding)).u8(has_leading_dots);
    out.string(nexthop).u8(configured).string(ask_first);
    encode_items(out, recipients, encode_recipient);
    encode_time(out, arrival);
    encode_time(out, active_since);
    out.u32(attempts).string(dsn_envid).string(dsn_ret).u8(probe);
    out.u8(static_cast<uint8_t>(tls_wish));
    return out.take();
}

DeliveryRequest DeliveryRequest::decode(std::string_view payload) {
    base::Decoder in(payload);
    DeliveryRequest r;
    r.id = in.u64();
    r.lane = in.u32();
    r.queue_id = in.string();
    r.message = decode_message_ref(in);
    r.sender = in.string();
    r.size = in.u64();
    r.encoding = decode_encoding(in);
    r.has_leading_dots = in.u8() != 0;
    r.nexthop = in.string();
    r.configured = in.u8() != 0;
    r.ask_first = in.string();
    r.recipients = decode_items(in, least_recipient, decode_recipient);
    r.arrival = decode_time(in);
    r.active_since = decode_time(in);
    r.attempts = in.u32();
    r.dsn_envid = in.string();
    r.dsn_ret = in.string();
    r.probe = in.u8() != 0;
    r.tls_wish = decode_tls_wish(in);
    return r;
}

std::string DeliveryReport::encode() const {
    base::Encoder out;
    out.u64(id);
    encode_items(out, outcomes, [](base::Encoder& o, const mail::Outcome& one) { one.encode(o); });
    out.string(destination_trouble).string(trouble_dsn.text()).i64(trouble_for.count());
    encode_items(out, told_by_next_host, [](base::Encoder& o, uint32_t index) { o.u32(index); });
    return out.take();
}

DeliveryReport DeliveryReport::decode(std::string_view payload) {
    base::Decoder in(payload);
    DeliveryReport r;
    r.id = in.u64();
    r.outcomes = decode_items(in, least_outcome, mail::Outcome::decode);
    r.destination_trouble = in.string();
    auto dsn = mail::Dsn::parse(in.string());
    if (!dsn)
        throw base::DecodeError("bad enhanced status code");
    r.trouble_dsn = *dsn;
    r.trouble_for = base::Duration(in.i64());
    r.told_by_next_host = decode_items(in, 4, [](base::Decoder& i) { return i.u32(); });
    return r;
}

std::string AgentHello::encode() const {
    base::Encoder out;
    out.i64(pid);
    encode_items(out, unreported, encode_in_flight);
    return out.take();
}

AgentHello AgentHello::decode(std::string_view payload) {
    base::Decoder in(payload);
    AgentHello hello;
    hello.pid = in.i64();
    hello.unreported = decode_items(in, least_in_flight, decode_in_flight);
    return hello;
}

}  // namespace ipc
