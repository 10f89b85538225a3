#include "lib/ipc/ring.h"

#include <exception>

#include "lib/base/error.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/io/socket_address.h"
#include "lib/ipc/codec.h"
#include "lib/ipc/frame.h"

namespace ipc {

namespace {

using namespace std::chrono_literals;

constexpr auto retry_interval = 1s;
constexpr size_t ring_size = 4 + sizeof(spool::Epoch) + 8;

void encode_ring(base::Encoder& out, const Ring& ring) {
    out.u32(ring.segment);
    out.bytes({reinterpret_cast<const char*>(ring.epoch.data()), ring.epoch.size()});
    out.u64(ring.committed);
}

Ring decode_ring(base::Decoder& in) {
    Ring ring;
    ring.segment = in.u32();
    auto epoch = in.bytes(ring.epoch.size());
    std::copy(epoch.begin(), epoch.end(), ring.epoch.begin());
    ring.committed = in.u64();
    return ring;
}

}  // namespace

std::string encode_rings(const std::vector<Ring>& rings) {
    base::Encoder out;
    encode_items(out, rings, encode_ring);
    return out.take();
}

std::vector<Ring> decode_rings(std::string_view payload) {
    base::Decoder in(payload);
    return decode_items(in, ring_size, decode_ring);
}

io::Task<void> RingClient::run() {
    for (;;) {
        try {
            auto deadline = io::loop().now() + retry_interval;
            base::Fd socket = co_await io::connect(io::SocketAddress::unix_path(socket_), deadline);
            io::Stream stream(io::descriptor_wire(std::move(socket)));
            co_await converse(stream);
        } catch (const io::Closed&) {
        } catch (const base::SystemError&) {
        }
        co_await io::sleep(retry_interval);
    }
}

io::Task<void> RingClient::converse(io::Stream& stream) {
    stream.put(std::string_view(&framed_preamble, 1));
    sent_.clear();
    asked_ = false;
    changed_.set();
    io::Scope scope;
    scope.spawn(listen(stream));
    std::exception_ptr failure;
    try {
        co_await send(stream);
    } catch (...) {
        failure = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
}

// Rings whatever moved since the last time; everything when qmgr asked.
io::Task<void> RingClient::send(io::Stream& stream) {
    for (;;) {
        co_await changed_.wait();
        changed_.clear();
        if (stream.eof())
            co_return;
        std::vector<Ring> news;
        for (const Ring& ring : published_()) {
            Ring& last = sent_[ring.segment];
            if (asked_ || last != ring)
                news.push_back(ring);
            last = ring;
        }
        asked_ = false;
        if (!news.empty())
            put_frame(stream, static_cast<uint8_t>(RingFrame::rings), encode_rings(news));
        co_await stream.flush();
    }
}

io::Task<void> RingClient::listen(io::Stream& stream) {
    for (;;) {
        std::optional<Frame> frame = co_await read_frame(stream);
        asked_ = true;
        changed_.set();
        if (!frame)
            co_return;
    }
}

}  // namespace ipc
