#include "smtp/course.h"

#include <utility>

#include "lib/io/loop.h"
#include "smtp/greeting.h"
#include "smtp/log.h"

namespace smtp {

io::Task<std::optional<Candidate>> Course::next(const std::vector<size_t>& running) {
    std::optional<Candidate> found;
    Plan& plan = job_.plan();
    while (running.empty() && !found && !job_.settled() && plan.more()) {
        if (const nexthop::Destination* destination = plan.to_look_up())
            co_await look_up(*destination);
        if (const nexthop::Endpoint* endpoint = plan.next())
            found = take(*endpoint);
    }
    if (found)
        found->kept = idle_.take_at(found->endpoint);
    co_return found;
}

// Finds the endpoints of the next destination. Where it has none, that is its trouble.
io::Task<void> Course::look_up(const nexthop::Destination& destination) {
    bool fallback = destination.fallback;
    nexthop::Site site = co_await sites_.look_up(destination);
    std::optional<nexthop::Absence> absence = std::move(site.absence);
    job_.plan().found(std::move(site));
    job_.way().connected = io::loop().wall();
    if (!absence)
        co_return;
    Trouble trouble = lookup_trouble(absence->dsn, absence->reason);
    if (fallback && trouble.kind == Trouble::Kind::unreachable) {
        log::misconfigured(options_.lmtp ? "lmtp_fallback_relay" : "smtp_fallback_relay");
        trouble = misconfigured(std::move(trouble));
    }
    job_.failed(trouble);
}

Candidate Course::take(const nexthop::Endpoint& endpoint) {
    Candidate candidate;
    candidate.endpoint = endpoint;
    candidate.site = job_.plan().site();
    candidate.connect = options_.connect;
    candidate.greeting = options_.helo;
    job_.plan().tried(candidate.site, candidate.endpoint);
    return candidate;
}

std::optional<Candidate> Course::sibling(const Candidate& candidate) {
    if (job_.plan().site() != candidate.site)
        return std::nullopt;
    const nexthop::Endpoint* endpoint = job_.plan().next_of_host(candidate.endpoint.host);
    return endpoint == nullptr ? std::nullopt : std::optional(take(*endpoint));
}

bool Course::ended(Ended how) {
    const Candidate& candidate = how.candidate;
    if (candidate.kept)
        idle_.put(std::move(how.candidate.kept));
    if (how.how == Ended::How::withdrawn)
        job_.plan().forget(candidate.site, candidate.endpoint);
    if (how.how != Ended::How::failed)
        return true;
    job_.way().connected = io::loop().wall();
    job_.way().relay = how.connected ? peer_of(candidate.endpoint).relay : "none";
    job_.failed(how.trouble);
    return !job_.settled();
}

}  // namespace smtp
