#include "qmgr/reception.h"

#include <exception>

#include "lib/io/scope.h"
#include "lib/io/sleep.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration ask_interval = 1s;

// A writer is asked once a second, so that a lost ring costs no more than that.
io::Task<void> ask(ipc::Duplex& link) {
    for (;;) {
        co_await io::sleep(ask_interval);
        link.put(static_cast<uint8_t>(ipc::RingFrame::ask), "");
    }
}

io::Task<void> take_frames(ipc::Duplex& link, Desk& desk, io::Scope& scope) {
    bool writer = false;
    for (;;) {
        std::optional<ipc::Frame> frame = co_await link.read();
        if (!frame)
            co_return;
        if (frame->type == static_cast<uint8_t>(ipc::RingFrame::rings)) {
            if (!std::exchange(writer, true))
                scope.spawn(ask(link));
            desk.rung(ipc::decode_rings(frame->payload));
        } else if (frame->type == static_cast<uint8_t>(ipc::ControlFrame::request)) {
            auto request = ipc::ControlRequest::decode(frame->payload);
            ipc::ControlAnswer answer = co_await desk.control(std::move(request));
            link.put(static_cast<uint8_t>(ipc::ControlFrame::answer), answer.encode());
            co_await link.flush();
        } else {
            throw io::Closed("unexpected frame");
        }
    }
}

io::Task<void> take_triggers(io::Stream& stream, Desk& desk) {
    for (bool more = true; more;) {
        for (char what : stream.buffered())
            desk.trigger(what);
        stream.consume(stream.buffered().size());
        const bool filled = co_await stream.fill();
        more = filled;
    }
}

io::Task<void> take(ipc::Duplex& link, Desk& desk, io::Scope& scope) {
    bool any = co_await link.reader().fill();
    if (!any)
        co_return;
    if (link.reader().buffered()[0] != ipc::framed_preamble) {
        co_await take_triggers(link.reader(), desk);
        co_return;
    }
    link.reader().consume(1);
    co_await take_frames(link, desk, scope);
}

}  // namespace

io::Task<void> receive(std::unique_ptr<io::Wire> wire, Desk& desk) {
    ipc::Duplex link(std::move(wire));
    io::Scope scope;
    scope.spawn(link.send());
    std::exception_ptr failure;
    try {
        co_await take(link, desk, scope);
    } catch (const io::Closed&) {
    } catch (const base::DecodeError&) {
    } catch (...) {
        failure = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace qmgr
