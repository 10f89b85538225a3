#include "lib/ipc/proxymap.h"

#include "lib/base/encode.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/ipc/frame.h"

namespace ipc {
namespace {

using namespace std::chrono_literals;

// Connections of one process at a time; further questions wait for one of them.
constexpr size_t most_connections = 20;
// Each keeps a process of proxymap to itself.
constexpr base::Duration keep_idle = 1s;

}  // namespace

std::string ProxymapQuestion::encode() const {
    base::Encoder out;
    out.string(table).string(key).u8(static_cast<uint8_t>(kind));
    out.u8(use.fold).u8(use.substitutions).u8(use.utf8);
    return out.take();
}

ProxymapQuestion ProxymapQuestion::decode(std::string_view payload) {
    base::Decoder in(payload);
    ProxymapQuestion question;
    question.table = in.string();
    question.key = in.string();
    question.kind = in.u8() == 0 ? dict::Key::whole : dict::Key::part;
    question.use.fold = in.u8() != 0;
    question.use.substitutions = in.u8() != 0;
    question.use.utf8 = in.u8() != 0;
    return question;
}

std::string encode_lookup(const dict::Lookup& lookup) {
    base::Encoder out;
    out.u8(static_cast<uint8_t>(lookup.state)).string(lookup.value);
    return out.take();
}

dict::Lookup decode_lookup(std::string_view payload) {
    base::Decoder in(payload);
    uint8_t state = in.u8();
    if (state > static_cast<uint8_t>(dict::Lookup::State::retry))
        throw base::DecodeError("unknown answer of proxymap");
    dict::Lookup lookup;
    lookup.state = static_cast<dict::Lookup::State>(state);
    lookup.value = in.string();
    return lookup;
}

ProxyClient::ProxyClient(std::string socket, base::Duration limit)
    : socket_(std::move(socket)), limit_(limit), permits_(most_connections) {}

void ProxyClient::tidy() {
    base::Instant now = io::loop().now();
    std::erase_if(idle_, [now](const Idle& idle) { return now - idle.since >= keep_idle; });
}

io::Task<dict::Lookup> ProxyClient::ask(const std::string& table, std::string_view key,
                                        dict::Key kind, dict::Use use) {
    base::Instant until = io::loop().now() + limit_;
    std::string question = ProxymapQuestion{table, std::string(key), kind, use}.encode();
    bool permitted = co_await permits_.acquire(until);
    if (!permitted)
        co_return dict::Lookup::later(base::text(table, ": too many questions to proxymap wait"));
    io::Permit permit(permits_);
    std::string trouble;
    try {
        dict::Lookup answer = co_await ask_within(std::move(question), until);
        co_return answer;
    } catch (const io::Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        trouble = base::text(table, ": ask proxymap: ", error.what());
    }
    base::log::warning(trouble);
    co_return dict::Lookup::later(std::move(trouble));
}

// A connection that was kept may have lost its other end meanwhile; a new one tells for certain.
io::Task<dict::Lookup> ProxyClient::ask_within(std::string question, base::Instant until) {
    tidy();
    while (!idle_.empty()) {
        std::unique_ptr<io::Stream> stream = std::move(idle_.back().stream);
        idle_.pop_back();
        bool lost = false;
        try {
            dict::Lookup answer = co_await ask_over(std::move(stream), question, until);
            co_return answer;
        } catch (const io::TimedOut&) {
            throw;
        } catch (const io::Closed&) {
            lost = true;
        }
        if (lost)
            idle_.clear();
    }
    dict::Lookup answer = co_await ask_anew(std::move(question), until);
    co_return answer;
}

io::Task<dict::Lookup> ProxyClient::ask_anew(std::string question, base::Instant until) {
    std::optional<io::SocketAddress> address = io::SocketAddress::unix_path(socket_);
    if (!address)
        throw io::Closed("no socket name: " + socket_);
    base::Fd fd = co_await io::connect(*address, until);
    auto stream = std::make_unique<io::Stream>(io::descriptor_wire(std::move(fd)));
    dict::Lookup answer = co_await ask_over(std::move(stream), std::move(question), until);
    co_return answer;
}

io::Task<dict::Lookup> ProxyClient::ask_over(std::unique_ptr<io::Stream> stream,
                                             std::string question, base::Instant until) {
    stream->deadline(until);
    put_frame(*stream, static_cast<uint8_t>(ProxymapFrame::question), question);
    std::optional<Frame> frame = co_await read_frame(*stream);
    if (!frame)
        throw io::Closed("proxymap closed the connection");
    if (frame->type != static_cast<uint8_t>(ProxymapFrame::answer))
        throw io::Closed("no answer of proxymap");
    dict::Lookup answer = decode_lookup(frame->payload);
    idle_.push_back({std::move(stream), io::loop().now()});
    co_return answer;
}

}  // namespace ipc
