#include "lib/ipc/ring.h"

#include <exception>
#include <utility>

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

static std::vector<Ring> rings_of(const spool::Writer& writer) {
    std::vector<Ring> rings;
    for (const spool::Published& held : writer.published())
        rings.push_back({held.segment, held.epoch, held.committed});
    return rings;
}

RingClient::RingClient(const spool::Writer& writer)
    : RingClient("public/qmgr", [&writer] { return rings_of(writer); }) {}

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
    auto address = io::SocketAddress::unix_path(socket_);
    if (!address)
        throw base::SystemError("connect " + socket_, ENAMETOOLONG);
    for (;;) {
        try {
            auto deadline = io::loop().now() + retry_interval;
            base::Fd socket = co_await io::connect(*address, deadline);
            Duplex link(io::descriptor_wire(std::move(socket)));
            co_await converse(link);
        } catch (const io::Closed&) {
        } catch (const base::SystemError&) {
        }
        co_await io::sleep(retry_interval);
    }
}

io::Task<void> RingClient::converse(Duplex& link) {
    link.put_raw(std::string_view(&framed_preamble, 1));
    io::Scope scope;
    scope.spawn(link.send());
    scope.spawn(send(link));
    std::exception_ptr failure;
    try {
        for (bool open = true; open;) {
            all_ = true;
            changed_.set();
            const std::optional<Frame> asked = co_await link.read();
            open = asked.has_value();
        }
    } catch (...) {
        failure = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
}

// Rings whatever moved since the last time; what piles up while qmgr stands still goes out as one.
io::Task<void> RingClient::send(Duplex& link) {
    for (;;) {
        co_await changed_.wait();
        changed_.clear();
        std::map<uint32_t, Ring> now;
        std::vector<Ring> news;
        for (const Ring& ring : published_()) {
            now[ring.segment] = ring;
            auto last = sent_.find(ring.segment);
            if (all_ || last == sent_.end() || last->second != ring)
                news.push_back(ring);
        }
        sent_ = std::move(now);
        // Also with nothing to tell: only who has spoken is asked from then on.
        bool answer = std::exchange(all_, false);
        if (answer || !news.empty())
            link.put(static_cast<uint8_t>(RingFrame::rings), encode_rings(news));
        co_await link.flush();
    }
}

}  // namespace ipc
