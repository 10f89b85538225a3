#include "qmgr/bounce_client.h"

#include <exception>

#include "lib/base/error.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration connect_limit = 10s;
constexpr base::Duration retry_interval = 1s;

}  // namespace

io::Task<std::optional<ipc::BounceAnswer>> BounceClient::ask(ipc::BounceRequest request) {
    Pending mine;
    mine.request = std::move(request);
    uint64_t id = mine.request.id = next_id_++;
    pending_[id] = &mine;
    asked_.set();
    std::exception_ptr cancelled;
    try {
        co_await mine.over.wait();
    } catch (const io::Cancelled&) {
        cancelled = std::current_exception();
    }
    pending_.erase(id);
    if (cancelled)
        std::rethrow_exception(cancelled);
    co_return std::move(mine.answer);
}

io::Task<void> BounceClient::run() {
    auto address = io::SocketAddress::unix_path(socket_);
    if (!address)
        throw base::SystemError("connect " + socket_, ENAMETOOLONG);
    for (;;) {
        co_await asked_.wait();
        try {
            base::Fd socket = co_await io::connect(*address, io::loop().now() + connect_limit);
            ipc::Duplex link(io::descriptor_wire(std::move(socket)));
            co_await converse(link);
        } catch (const io::Closed&) {
        } catch (const base::SystemError&) {
        } catch (const base::DecodeError&) {
        }
        lose_sent();
        co_await io::sleep(retry_interval);
    }
}

// Whoever was sent and not answered hears that nobody knows; the others wait for the next time.
void BounceClient::lose_sent() {
    for (auto& [id, pending] : pending_)
        if (pending->sent)
            pending->over.set();
    asked_.clear();
    for (auto& [id, pending] : pending_)
        if (!pending->sent)
            asked_.set();
}

io::Task<void> BounceClient::converse(ipc::Duplex& link) {
    io::Scope scope;
    scope.spawn(link.send());
    scope.spawn(send(link));
    std::exception_ptr failure;
    try {
        for (;;) {
            std::optional<ipc::Frame> frame = co_await link.read();
            if (!frame)
                break;
            auto answer = ipc::BounceAnswer::decode(frame->payload);
            auto found = pending_.find(answer.id);
            if (found == pending_.end())
                continue;
            found->second->answer = std::move(answer);
            found->second->over.set();
        }
    } catch (...) {
        failure = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
}

io::Task<void> BounceClient::send(ipc::Duplex& link) {
    for (;;) {
        co_await asked_.wait();
        asked_.clear();
        for (auto& [id, pending] : pending_) {
            if (pending->sent)
                continue;
            pending->sent = true;
            link.put(static_cast<uint8_t>(ipc::BounceFrame::request), pending->request.encode());
        }
    }
}

}  // namespace qmgr
