#include "lib/ipc/frame.h"

#include <gtest/gtest.h>

#include "lib/base/encode.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/ipc/duplex.h"

namespace ipc {
namespace {

io::Task<void> read_all(std::unique_ptr<io::Wire> wire, size_t limit, std::vector<Frame>& into,
                        std::string& end) {
    io::Stream stream(std::move(wire));
    try {
        for (;;) {
            std::optional<Frame> frame = co_await read_frame(stream, limit);
            if (!frame)
                break;
            into.push_back(*frame);
        }
        end = "end of input";
    } catch (const io::Closed& closed) {
        end = closed.what();
    }
}

io::Task<void> write_bytes(std::unique_ptr<io::Wire> wire, std::string bytes) {
    io::Stream stream(std::move(wire));
    for (char c : bytes) {
        stream.put(std::string_view(&c, 1));
        co_await stream.flush();
    }
}

std::string frame_bytes(uint8_t type, std::string_view payload) {
    base::Encoder out;
    out.u32(static_cast<uint32_t>(payload.size() + 1)).u8(type).bytes(payload);
    return out.take();
}

struct Row {
    const char* name;
    std::string bytes;
    size_t frames;
    std::string end;
};

TEST(IpcFrame, ReadsWholeFramesAndSaysHowInputEnded) {
    std::string two = frame_bytes(3, "hello") + frame_bytes(4, "");
    const Row rows[] = {
        {"two frames", two, 2, "end of input"},
        {"nothing", "", 0, "end of input"},
        {"cut in a payload", two + frame_bytes(1, "xyz").substr(0, 6), 2,
         "connection ended inside a frame"},
        {"cut in a length", two + "\x09", 2, "connection ended inside a frame"},
        {"too long", frame_bytes(1, std::string(101, 'x')), 0, "bad frame of 102 bytes"},
        {"no type", std::string(4, '\0'), 0, "bad frame of 0 bytes"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        io::ManualClock clock;
        io::Loop loop(clock);
        io::Scope scope;
        auto [near, far] = io::wire_pair(7);
        std::vector<Frame> frames;
        std::string end;
        scope.spawn(read_all(std::move(near), 101, frames, end));
        scope.spawn(write_bytes(std::move(far), row.bytes));
        loop.run_until_idle();
        EXPECT_EQ(frames.size(), row.frames);
        EXPECT_EQ(end, row.end);
        EXPECT_EQ(scope.running(), 0u);
    }
}

io::Task<void> echo(Duplex& link) {
    for (;;) {
        std::optional<Frame> frame = co_await link.read();
        if (!frame)
            co_return;
        link.put(frame->type, frame->payload);
    }
}

TEST(IpcDuplex, OneTaskReadsWhileOthersWriteMoreThanTheWireHolds) {
    io::ManualClock clock;
    io::Loop loop(clock);
    auto [near, far] = io::wire_pair(64);
    Duplex mine(std::move(near));
    Duplex theirs(std::move(far));
    io::Scope scope;
    scope.spawn(mine.send());
    scope.spawn(theirs.send());
    scope.spawn(echo(theirs));
    std::string end;
    for (int i = 0; i < 100; ++i)
        mine.put(static_cast<uint8_t>(i), std::string(100, 'x'));
    EXPECT_GT(mine.unsent(), 0u);
    loop.run_until_idle();
    EXPECT_EQ(mine.unsent(), 0u);
    EXPECT_GT(theirs.unsent(), 0u);  // nobody reads at our end yet
    std::vector<uint8_t> types;
    for (int i = 0; i < 1000 && types.size() < 100; ++i) {
        io::Scope reading;
        struct Read {
            static io::Task<void> one(Duplex& link, std::vector<uint8_t>& into) {
                std::optional<Frame> frame = co_await link.read();
                into.push_back(frame->type);
            }
        };
        reading.spawn(Read::one(mine, types));
        loop.run_until_idle();
    }
    ASSERT_EQ(types.size(), 100u);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(types[static_cast<size_t>(i)], i);
    scope.cancel();
    loop.run_until_idle();
}

}  // namespace
}  // namespace ipc
