#include "smtp/agent.h"

#include <unistd.h>

#include <exception>
#include <limits>

#include "lib/base/log.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "lib/ipc/delivery.h"
#include "smtp/flight.h"
#include "smtp/log.h"

namespace smtp {
namespace {

size_t permits(size_t limit) {
    return limit == 0 ? std::numeric_limits<size_t>::max() : limit;
}

void put(io::Stream& stream, ipc::DeliveryFrame type, std::string_view payload) {
    ipc::put_frame(stream, static_cast<uint8_t>(type), payload);
}

}  // namespace

Agent::Agent(const Options& options, Queue& queue, Dialer& dialer, nexthop::SiteLookup& sites,
             Relays& relays, io::Event& draining, size_t session_limit)
    : options_(options),
      queue_(queue),
      draining_(draining),
      idle_(options),
      shop_{options, queue, dialer, idle_, sites, relays},
      sessions_(permits(session_limit)) {}

io::Task<void> Agent::serve(std::unique_ptr<io::Wire> requests, std::unique_ptr<io::Wire> reports) {
    io::Stream in(std::move(requests));
    io::Stream out(std::move(reports));
    put_hello(out);
    news_.set();
    leaving_ = false;
    ended_ = false;
    io::Scope scope;
    scope.spawn(report(out));
    scope.spawn(take_leave(out));
    std::exception_ptr error;
    try {
        co_await receive(in);
    } catch (...) {
        error = std::current_exception();
    }
    scope.cancel();
    try {
        co_await scope.join();
    } catch (const io::Closed&) {
        // The reports that it did not take are kept for the next qmgr.
    }
    try {
        if (error)
            std::rethrow_exception(error);
    } catch (const io::Closed&) {
    } catch (const base::DecodeError& why) {
        log::bad_frame(why.what());
    }
}

void Agent::put_hello(io::Stream& stream) const {
    ipc::AgentHello hello;
    hello.pid = ::getpid();
    for (const auto& [id, flight] : under_way_)
        hello.unreported.push_back(flight);
    for (const std::unique_ptr<Job>& job : settled_)
        hello.unreported.push_back(job->in_flight());
    put(stream, ipc::DeliveryFrame::hello, hello.encode());
}

io::Task<void> Agent::receive(io::Stream& stream) {
    while (true) {
        std::optional<ipc::Frame> frame = co_await ipc::read_frame(stream);
        if (!frame)
            co_return;
        take(*frame);
        for (frame = ipc::buffered_frame(stream); frame; frame = ipc::buffered_frame(stream))
            take(*frame);
    }
}

void Agent::take(const ipc::Frame& frame) {
    if (ended_)
        return;
    if (frame.type != static_cast<uint8_t>(ipc::DeliveryFrame::request))
        throw base::DecodeError("unexpected frame");
    auto job = std::make_unique<Job>(ipc::DeliveryRequest::decode(frame.payload), options_, queue_);
    if (!under_way_.emplace(job->request().id, job->in_flight()).second)
        throw base::DecodeError("a request with the number of another");
    all_told_.clear();
    uint32_t number = job->request().lane;
    std::unique_ptr<Lane>& lane = lanes_[number];
    if (!lane) {
        lane = std::make_unique<Lane>(
            shop_, [this](std::unique_ptr<Job> done) { settled(std::move(done)); });
        deliveries_.spawn(drive(*lane, number));
    }
    lane->add(std::move(job));
}

io::Task<void> Agent::drive(Lane& lane, uint32_t number) {
    co_await sessions_.acquire();
    // More may have come between the end of run() and here.
    while (!lane.empty())
        co_await lane.run();
    sessions_.release();
    lanes_.erase(number);
}

void Agent::settled(std::unique_ptr<Job> job) {
    under_way_.erase(job->request().id);
    settled_.push_back(std::move(job));
    news_.set();
}

// Reports go out together, once for each turn of the loop, and are kept until they are sent.
io::Task<void> Agent::report(io::Stream& stream) {
    bool said_leaving = false;
    while (true) {
        co_await news_.wait();
        news_.clear();
        size_t count = settled_.size();
        for (const std::unique_ptr<Job>& job : settled_)
            put(stream, ipc::DeliveryFrame::report, job->report().encode());
        if (leaving_ && !std::exchange(said_leaving, true))
            put(stream, ipc::DeliveryFrame::leaving, "");
        base::log::flush();  // what happened is in the log before anything that follows from it
        co_await stream.flush();
        settled_.erase(settled_.begin(), settled_.begin() + static_cast<ptrdiff_t>(count));
        if (nothing_owed())
            all_told_.set();
    }
}

// When the process drains: asks for no more, and ends the connection once all is told.
io::Task<void> Agent::take_leave(io::Stream& stream) {
    constexpr base::Duration crossing = std::chrono::seconds(1);
    co_await draining_.wait();
    leaving_ = true;
    news_.set();
    co_await io::sleep(crossing);
    while (!nothing_owed()) {
        all_told_.clear();
        co_await all_told_.wait();
    }
    // qmgr gives whatever it sent after this to another agent: to deliver it here too would be
    // one delivery too many.
    ended_ = true;
    stream.wire().finish_writing();
}

io::Task<void> Agent::finish() {
    co_await deliveries_.join();
}

}  // namespace smtp
