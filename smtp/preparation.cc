#include "smtp/preparation.h"

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>

#include "lib/base/error.h"
#include "lib/io/sleep.h"

namespace smtp {
namespace {

// Whether all is known of a message that must be for it to follow over the session.
bool is_ready(const Job& job, const Session& session) {
    bool approached = job.request().nexthop != session.nexthop ||
                      job.approach(session.site, session.endpoint) != nullptr;
    return job.settled() || (!job.lacks_settings() && job.showable() && approached);
}

}  // namespace

io::Task<void> Preparation::show(Job& job) {
    if (job.lacks_settings())
        co_await job.find_settings();
    if (job.showable() || job.settled())
        co_return;
    const OutgoingAddresses& outgoing = shop_.options.outgoing;
    std::optional<Trouble> trouble;
    try {
        std::unique_ptr<spool::MessageSource> content;
        if (outgoing.change_headers())
            content = shop_.queue.open(job.request());
        Shown shown = co_await outgoing.show(job.request(), content.get());
        job.show_as(std::move(shown));
    } catch (const cleanup::MappingTrouble& error) {
        trouble = local_trouble(error.what());
    } catch (const spool::BadContent& error) {
        trouble = unreadable(error.what());
    } catch (const base::SystemError& error) {
        trouble = unreadable(error.what());
    }
    if (!trouble)
        co_return;
    job.take_up();
    job.failed(*trouble);
}

io::Task<void> Preparation::begin(Job& job, const Session& session) {
    if (prepared_ != nullptr || is_ready(job, session))
        co_return;
    prepared_ = &job;
    bool approach_too = !job.one_approach() && job.request().nexthop == session.nexthop;
    beside_.spawn(run(job, approach_too, session.site, session.endpoint));
    // Where nobody has to be asked that is all the time it takes.
    co_await io::yield();
}

// Errors of ours are met again in the message's own turn.
io::Task<void> Preparation::run(Job& job, bool approach_too, size_t site,
                                nexthop::Endpoint endpoint) {
    try {
        co_await show(job);
        if (approach_too && !job.settled())
            co_await job.find_approach(site, std::move(endpoint));
    } catch (const std::runtime_error&) {
    }
}

io::Task<void> Preparation::join(const Job& job) {
    if (prepared_ != &job)
        co_return;
    std::exception_ptr stopped;
    try {
        co_await beside_.join();
    } catch (...) {
        stopped = std::current_exception();
    }
    prepared_ = nullptr;
    if (!stopped)
        co_return;
    // Whoever waited for it may take the message along.
    co_await stop();
    std::rethrow_exception(stopped);
}

io::Task<void> Preparation::stop() {
    beside_.cancel();
    co_await beside_.join();
    prepared_ = nullptr;
}

}  // namespace smtp
