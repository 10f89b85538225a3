// Frames are how Posthaste's own processes speak: u32 length of what follows, u8 type, payload.
//
// On public/qmgr, where Postfix's one-byte triggers come too, a framed peer first sends
// `framed_preamble`, which is no trigger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/io/stream.h"
#include "lib/io/task.h"

namespace ipc {

inline constexpr char framed_preamble = '\0';
inline constexpr size_t frame_limit = 16 << 20;

struct Frame {
    uint8_t type = 0;
    std::string payload;
};

// The next frame; none at the end of input between two frames. Throws io::Closed where the
// connection ends inside one, and where a peer announces more than `limit` bytes.
io::Task<std::optional<Frame>> read_frame(io::Stream& stream, size_t limit = frame_limit);

// The next frame if all of it is in the stream's buffer already; waits for nothing.
std::optional<Frame> buffered_frame(io::Stream& stream, size_t limit = frame_limit);

// Into the output buffer: the caller flushes, or reads on, which does.
void put_frame(io::Stream& stream, uint8_t type, std::string_view payload);

}  // namespace ipc
