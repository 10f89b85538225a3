#include "lib/ipc/frame.h"

#include "lib/base/encode.h"
#include "lib/base/text.h"

namespace ipc {

namespace {

constexpr size_t length_size = 4;

// The length announced at the start of `bytes`, which are at least four.
size_t announced(std::string_view bytes, size_t limit) {
    size_t length = base::Decoder(bytes).u32();
    if (length == 0 || length > limit)
        throw io::Closed(base::text("bad frame of ", length, " bytes"));
    return length;
}

}  // namespace

std::optional<Frame> buffered_frame(io::Stream& stream, size_t limit) {
    std::string_view bytes = stream.buffered();
    if (bytes.size() < length_size)
        return std::nullopt;
    size_t length = announced(bytes, limit);
    if (bytes.size() < length_size + length)
        return std::nullopt;
    bytes = bytes.substr(length_size, length);
    Frame frame{static_cast<uint8_t>(bytes[0]), std::string(bytes.substr(1))};
    stream.consume(length_size + length);
    return frame;
}

io::Task<std::optional<Frame>> read_frame(io::Stream& stream, size_t limit) {
    for (;;) {
        std::optional<Frame> frame = buffered_frame(stream, limit);
        if (frame)
            co_return frame;
        bool more = co_await stream.fill();
        if (more)
            continue;
        if (!stream.buffered().empty())
            throw io::Closed("connection ended inside a frame");
        co_return std::nullopt;
    }
}

void put_frame(io::Stream& stream, uint8_t type, std::string_view payload) {
    base::Encoder head;
    head.u32(static_cast<uint32_t>(payload.size() + 1)).u8(type);
    stream.put(head.view());
    stream.put(payload);
}

}  // namespace ipc
