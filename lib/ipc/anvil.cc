#include "lib/ipc/anvil.h"

#include <exception>
#include <utility>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/io/socket_address.h"
#include "lib/ipc/frame.h"

namespace ipc {

namespace {

using namespace std::chrono_literals;

constexpr auto retry_interval = 1s;
constexpr auto answer_limit = 2s;  // a client waits no longer for being counted
constexpr size_t longest_frame = 4096;

}  // namespace

std::string AnvilRequest::encode() const {
    base::Encoder out;
    out.u32(number).u8(static_cast<uint8_t>(verb)).string(ident);
    return out.take();
}

AnvilRequest AnvilRequest::decode(std::string_view payload) {
    base::Decoder in(payload);
    AnvilRequest request;
    request.number = in.u32();
    uint8_t verb = in.u8();
    if (verb < 1 || verb > static_cast<uint8_t>(last_anvil_verb))
        throw base::DecodeError("an unknown verb");
    request.verb = static_cast<AnvilVerb>(verb);
    request.ident = in.string();
    return request;
}

std::string AnvilAnswer::encode() const {
    base::Encoder out;
    out.u32(number).u32(counts.count).u32(counts.rate);
    return out.take();
}

AnvilAnswer AnvilAnswer::decode(std::string_view payload) {
    base::Decoder in(payload);
    AnvilAnswer answer;
    answer.number = in.u32();
    answer.counts.count = in.u32();
    answer.counts.rate = in.u32();
    return answer;
}

io::Task<void> AnvilClient::run() {
    auto address = io::SocketAddress::unix_path(socket_);
    if (!address)
        throw base::SystemError("connect " + socket_, ENAMETOOLONG);
    for (;;) {
        std::string why;  // an anvil that ends in order is followed by another
        try {
            auto deadline = io::loop().now() + retry_interval;
            base::Fd socket = co_await io::connect(*address, deadline);
            Duplex link(io::descriptor_wire(std::move(socket)));
            co_await converse(link);
        } catch (const io::Closed&) {
        } catch (const base::DecodeError& error) {
            why = error.what();
        } catch (const base::SystemError& error) {
            why = error.what();
        }
        lost(why);
        co_await io::sleep(retry_interval);
    }
}

io::Task<void> AnvilClient::converse(Duplex& link) {
    io::Scope scope;
    scope.spawn(link.send());
    link_ = &link;
    for (const auto& [ident, count] : held_)
        put({count, AnvilVerb::hold, ident});
    std::exception_ptr failure;
    try {
        co_await read_answers(link);
    } catch (...) {
        failure = std::current_exception();
    }
    link_ = nullptr;
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
}

io::Task<void> AnvilClient::read_answers(Duplex& link) {
    for (;;) {
        const std::optional<Frame> frame = co_await link.read(longest_frame);
        if (!frame)
            co_return;
        AnvilAnswer answer = AnvilAnswer::decode(frame->payload);
        warned_ = false;
        auto asked = pending_.find(answer.number);
        if (asked == pending_.end())
            continue;  // came too late
        asked->second->counts = answer.counts;
        asked->second->settled.set();
    }
}

// Nobody waits for what cannot come any more.
void AnvilClient::lost(const std::string& why) {
    for (const auto& [number, pending] : pending_)
        pending->settled.set();
    if (!why.empty() && !std::exchange(warned_, true))
        base::log::warning(
            base::text("connect to ", socket_, ": ", why, "; clients are not limited meanwhile"));
}

void AnvilClient::put(AnvilRequest request) {
    if (link_ != nullptr)
        link_->put(static_cast<uint8_t>(AnvilFrame::request), request.encode());
}

io::Task<std::optional<AnvilCounts>> AnvilClient::tell(AnvilVerb verb, std::string ident) {
    if (verb == AnvilVerb::connect)
        ++held_[ident];
    if (link_ == nullptr)
        co_return std::nullopt;
    Pending pending;
    uint32_t number = ++last_number_;
    pending_[number] = &pending;
    put({number, verb, std::move(ident)});
    std::exception_ptr failure;
    try {
        base::Instant until = io::loop().now() + answer_limit;
        co_await pending.settled.wait(until);
    } catch (...) {
        failure = std::current_exception();
    }
    pending_.erase(number);
    if (failure)
        std::rethrow_exception(failure);
    co_return pending.counts;
}

void AnvilClient::leave(const std::string& ident) {
    auto held = held_.find(ident);
    if (held == held_.end())
        return;
    if (--held->second == 0)
        held_.erase(held);
    put({0, AnvilVerb::leave, ident});
}

}  // namespace ipc
