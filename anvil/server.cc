#include "anvil/server.h"

#include <exception>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/ipc/frame.h"
#include "lib/mail/date.h"

namespace anvil {

namespace {

constexpr size_t longest_frame = 4096;

Census::Moment moment() {
    return {io::loop().now(), io::loop().wall()};
}

void log_peak(std::string_view what, const Peak& peak, std::string_view per, bool named) {
    if (peak.most == 0)
        return;
    std::string line = base::text("statistics: max ", what, ' ', peak.most, per);
    if (named)
        base::append(line, " for (", peak.ident, ')');
    base::log::info(base::text(line, " at ", mail::log_date(peak.when)));
}

}  // namespace

Server::Options Server::Options::from(const config::Settings& settings) {
    Options options;
    options.unit = settings.time("anvil_rate_time_unit");
    options.status_interval = settings.time("anvil_status_update_time");
    return options;
}

std::optional<ipc::AnvilCounts> Server::obey_one(const ipc::AnvilRequest& request, Held& held) {
    switch (request.verb) {
        case ipc::AnvilVerb::connect:
            ++held[request.ident];
            return census_.connect(request.ident, moment());
        case ipc::AnvilVerb::message:
            return census_.count(Event::message, request.ident, moment());
        case ipc::AnvilVerb::recipient:
            return census_.count(Event::recipient, request.ident, moment());
        case ipc::AnvilVerb::tls_session:
            return census_.count(Event::tls_session, request.ident, moment());
        case ipc::AnvilVerb::tls_rate:
            return census_.look(Event::tls_session, request.ident, moment());
        case ipc::AnvilVerb::login:
            return census_.count(Event::login, request.ident, moment());
        case ipc::AnvilVerb::hold:
            held[request.ident] += request.number;
            census_.hold(request.ident, request.number, moment());
            break;
        case ipc::AnvilVerb::leave: {
            auto place = held.find(request.ident);
            if (place == held.end())
                break;
            census_.leave(request.ident, 1, moment());
            if (--place->second == 0)
                held.erase(place);
        }
    }
    return std::nullopt;
}

io::Task<void> Server::obey(io::Stream& stream, Held& held) {
    for (;;) {
        std::optional<ipc::Frame> frame = co_await ipc::read_frame(stream, longest_frame);
        if (!frame)
            co_return;
        const ipc::AnvilRequest request = ipc::AnvilRequest::decode(frame->payload);
        if (auto counts = obey_one(request, held))
            ipc::put_frame(stream, static_cast<uint8_t>(ipc::AnvilFrame::answer),
                           ipc::AnvilAnswer{request.number, *counts}.encode());
    }
}

io::Task<void> Server::converse(std::unique_ptr<io::Wire> wire) {
    io::Stream stream(std::move(wire));
    workers_.insert(&stream);
    Held held;
    std::exception_ptr failure;
    try {
        co_await obey(stream, held);
    } catch (const io::Closed&) {
    } catch (const base::DecodeError& error) {
        base::log::warning(base::text("unrecognized request: ", error.what()));
    } catch (...) {
        failure = std::current_exception();
    }
    workers_.erase(&stream);
    for (const auto& [ident, number] : held)
        census_.leave(ident, number, moment());
    if (failure)
        std::rethrow_exception(failure);
}

void Server::log_statistics() {
    Peaks peaks = census_.take_peaks();
    std::string unit = base::text(
        '/', std::chrono::duration_cast<std::chrono::seconds>(options_.unit).count(), 's');
    log_peak("connection rate", peaks.rates[static_cast<size_t>(Event::connection)], unit, true);
    log_peak("connection count", peaks.connections, "", true);
    log_peak("message rate", peaks.rates[static_cast<size_t>(Event::message)], unit, true);
    log_peak("recipient rate", peaks.rates[static_cast<size_t>(Event::recipient)], unit, true);
    log_peak("newtls rate", peaks.rates[static_cast<size_t>(Event::tls_session)], unit, true);
    log_peak("auth rate", peaks.rates[static_cast<size_t>(Event::login)], unit, true);
    log_peak("cache size", peaks.clients, "", false);
}

io::Task<void> Server::keep_time() {
    base::Instant next_report = io::loop().now() + options_.status_interval;
    for (;;) {
        base::Instant next = std::min(io::loop().now() + options_.unit, next_report);
        co_await io::sleep_until(next);
        census_.forget(io::loop().now());
        if (io::loop().now() < next_report)
            continue;
        log_statistics();
        next_report = io::loop().now() + options_.status_interval;
    }
}

// The workers turn to the next anvil, and tell it what connections they have.
io::Task<void> Server::part_when(io::Event& draining) {
    co_await draining.wait();
    for (io::Stream* worker : workers_)
        worker->wire().finish_writing();
}

io::Task<void> Server::run(ipc::Service& service) {
    io::Scope beside;
    beside.spawn(keep_time());
    beside.spawn(part_when(service.draining()));
    service.ready();
    std::exception_ptr failure;
    try {
        ipc::Service::Handler handler = [this](io::Accepted worker) {
            return converse(io::descriptor_wire(std::move(worker.fd)));
        };
        co_await service.serve(std::move(handler));
    } catch (...) {
        failure = std::current_exception();
    }
    beside.cancel();
    co_await beside.join();
    log_statistics();
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace anvil
