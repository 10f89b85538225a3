#include "smtp/session.h"

#include <algorithm>
#include <utility>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/flight.h"
#include "smtp/log.h"

namespace smtp {
namespace {

// RFC 5321 section 4.5.3.1.5 allows 512 bytes; servers with long texts exist. What is longer is
// cut.
constexpr size_t longest_line = 2048;

}  // namespace

Session::Session(std::unique_ptr<io::Wire> wire, Peer server)
    : stream(std::move(wire)), peer(std::move(server)), opened(io::loop().now()) {}

Session::~Session() = default;

// Feeds the lines that are here; true once they complete a reply.
bool Session::take_lines() {
    while (true) {
        std::string_view text = stream.buffered();
        size_t lf = text.find('\n');
        bool ends = lf != std::string_view::npos;
        if (!ends && text.size() < longest_line)
            return false;
        std::string_view line = text.substr(0, ends ? lf + 1 : text.size());
        if (!cut_) {
            if (!ends || line.size() > longest_line)
                log::long_reply(peer.relay, longest_line, line);
            complete_ = take_line(line.substr(0, longest_line));
        }
        cut_ = !ends;
        stream.consume(line.size());
        if (ends && std::exchange(complete_, false))
            return true;
    }
}

// True for the last line of a reply.
bool Session::take_line(std::string_view line) {
    using Progress = esmtp::ReplyReader::Progress;
    Progress progress = reader_.feed(line);
    if (progress == Progress::malformed)
        throw OutOfStep("sent an endless reply");
    if (progress == Progress::noise && (ahead || counts_replies))
        throw OutOfStep("sent what is no reply");
    if (progress == Progress::noise && offers.pipelining)
        log::no_reply(queue_id, protocol, peer.relay, endpoint.ip, line);
    return progress == Progress::complete;
}

io::Task<mail::Reply> Session::reply(Stage due, base::Duration limit) {
    stage = due;
    bool complete = take_lines();
    if (!complete) {
        stream.limit(limit);
        stream.deadline(io::loop().now() + limit);
        while (!complete) {
            bool more = co_await stream.fill();
            if (!more)
                throw io::Closed("connection closed");
            complete = take_lines();
        }
        stream.deadline(io::never);
    }
    mail::Reply reply = reader_.take();
    closing = closing || reply.code == 421;
    co_return reply;
}

base::Duration Session::within_turn(base::Duration limit) const {
    if (turn_ends == base::never)
        return limit;
    return std::clamp(turn_ends - io::loop().now(), base::Duration::zero(), limit);
}

bool Session::quiet() {
    char byte;
    try {
        return stream.buffered().empty() && stream.wire().try_read(std::span(&byte, 1)) < 0;
    } catch (const io::Closed&) {
        return false;
    }
}

io::Task<std::optional<mail::Reply>> Session::last_words() {
    constexpr base::Duration patience = std::chrono::seconds(5);
    stream.deadline(io::loop().now() + patience);
    bool complete = take_lines();
    try {
        while (!complete) {
            bool readable = co_await stream.wire().readable(io::loop().now() + patience);
            // Reads before it tries to write, which would fail again.
            if (!readable)
                break;
            bool got = co_await stream.fill();
            if (!got)
                break;
            complete = take_lines();
        }
    } catch (const io::Closed&) {
        complete = false;
    }
    std::optional<mail::Reply> reply;
    if (complete)
        reply = reader_.take();
    co_return reply;
}

bool Session::fit() const {
    // A relay that is down is used when nothing else is left, which is for a course to find out.
    Fitness own = standing.fitness();
    return (own == Fitness::good || own == Fitness::full) &&
           std::ranges::none_of(passed_over, [](const Standing& better) {
               return better.fitness() <= Fitness::probe;
           });
}

Trouble Session::ended(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const io::TimedOut&) {
        return timed_out(peer, stage);
    } catch (const OutOfStep& why) {
        return protocol_error(peer, stage, why.what());
    } catch (const io::Closed&) {
        disconnected = true;
        return lost(peer, stage);
    }
}

}  // namespace smtp
