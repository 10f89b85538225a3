#include "lib/ipc/status.h"

#include "lib/base/encode.h"

namespace ipc {

std::string Status::encode() const {
    base::Encoder out;
    out.u8(static_cast<uint8_t>(phase))
        .u8(available)
        .u8(outdated)
        .u8(0)
        .u32(sessions)
        .u64(uses)
        .u32(generation);
    return out.take();
}

Status Status::decode(std::string_view message) {
    base::Decoder in(message);
    uint8_t phase = in.u8();
    if (phase > static_cast<uint8_t>(Phase::leaving))
        throw base::DecodeError("unknown phase of a daemon");
    Status status;
    status.phase = static_cast<Phase>(phase);
    status.available = in.u8() != 0;
    status.outdated = in.u8() != 0;
    in.u8();
    status.sessions = in.u32();
    status.uses = in.u64();
    status.generation = in.u32();
    return status;
}

std::string Order::encode() const {
    base::Encoder out;
    out.u64(static_cast<uint8_t>(kind)).i64(time.count()).u32(pid).u32(signal).u32(generation);
    return out.take();
}

Order Order::decode(std::string_view message) {
    base::Decoder in(message);
    uint64_t kind = in.u64();
    if (kind > static_cast<uint8_t>(Kind::death))
        throw base::DecodeError("unknown order of master");
    Order order;
    order.kind = static_cast<Kind>(kind);
    order.time = base::Duration(in.i64());
    order.pid = in.u32();
    order.signal = in.u32();
    order.generation = in.u32();
    return order;
}

}  // namespace ipc
