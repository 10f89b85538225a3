#include "smtp/idle_sessions.h"

#include <algorithm>
#include <exception>
#include <ranges>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "smtp/flight.h"

namespace smtp {
namespace {

std::string place_of(const nexthop::Endpoint& endpoint) {
    return base::text(endpoint.ip, ":", endpoint.port());
}

}  // namespace

bool agree(const Job& job, const Session& session) {
    const FoundApproach* own = job.approach(session.site, session.endpoint);
    // A better place that refused another login may be good for this message's: that is found out
    // by looking for a place anew, which may well be where this session is.
    bool for_others = std::ranges::any_of(session.passed_over, &Standing::barred_by_login);
    return own != nullptr && !own->trouble && !for_others && serves(session.approach, *own);
}

bool IdleSessions::reusable(const Session& session) const {
    bool kept = !session.tls || session.approach->tls.reuse;
    return options_.keep_connections && kept && !session.over && !session.closing &&
           io::loop().now() - session.opened < options_.reuse_limit &&
           (options_.reuse_count == 0 || session.uses <= options_.reuse_count);
}

void IdleSessions::put(std::unique_ptr<Session> session) {
    // A reply that answers nothing would be taken for the answer to the next command.
    if (!reusable(*session) || !session->quiet()) {
        leaving_.spawn(leave(std::move(session), options_));
        return;
    }
    base::Instant until =
        std::min(io::loop().now() + options_.idle_limit, session->opened + options_.reuse_limit);
    ++counts_[place_of(session->endpoint)];
    by_nexthop_[session->nexthop].push_back({std::move(session), until});
    some_.set();
}

void IdleSessions::count_out(const Session& session) {
    auto count = counts_.find(place_of(session.endpoint));
    if (--count->second == 0)
        counts_.erase(count);
}

std::unique_ptr<Session> IdleSessions::take_from(Sessions& kept, const Wanted& wanted) {
    std::unique_ptr<Session> session;
    // Back to front, so that what is erased leaves those to come in their places.
    for (size_t i = kept.size(); i > 0 && !session; --i) {
        Kept& one = kept[i - 1];
        bool open = one.session->quiet();
        if (open &&
            (one.until <= io::loop().now() || !wanted(*one.session) || !reusable(*one.session)))
            continue;
        count_out(*one.session);
        if (open)
            session = std::move(one.session);
        kept.erase(kept.begin() + static_cast<ptrdiff_t>(i - 1));
    }
    return session;
}

std::vector<std::pair<size_t, nexthop::Endpoint>> IdleSessions::places(
    const std::string& nexthop) const {
    std::vector<std::pair<size_t, nexthop::Endpoint>> places;
    auto found = by_nexthop_.find(nexthop);
    if (found == by_nexthop_.end())
        return places;
    for (const Kept& one : std::views::reverse(found->second)) {
        const Session& session = *one.session;
        if (std::ranges::none_of(places, [&session](const auto& known) {
                return known.first == session.site && known.second.same_place(session.endpoint);
            }))
            places.emplace_back(session.site, session.endpoint);
    }
    return places;
}

std::unique_ptr<Session> IdleSessions::take(const Job& job) {
    auto found = by_nexthop_.find(job.request().nexthop);
    if (found == by_nexthop_.end())
        return nullptr;
    const std::string& first = job.plan().first();
    auto wanted = [&](const Session& one) {
        return job.plan().untried(one.site, one.endpoint) && agree(job, one) && one.fit() &&
               (first.empty() || one.peer.relay == first);
    };
    std::unique_ptr<Session> session = take_from(found->second, wanted);
    if (found->second.empty())
        by_nexthop_.erase(found);
    return session;
}

std::unique_ptr<Session> IdleSessions::take_at(const nexthop::Endpoint& endpoint,
                                               const FoundApproach& found) {
    std::unique_ptr<Session> session;
    if (!counts_.contains(place_of(endpoint)))
        return session;
    // Under TLS it is a host by its name that the certificate was checked for.
    auto wanted = [&](const Session& one) {
        return one.endpoint.same_place(endpoint) && serves(one.approach, found) &&
               (!one.tls || base::equal_nocase(one.endpoint.host, endpoint.host));
    };
    for (auto at = by_nexthop_.begin(); at != by_nexthop_.end() && !session;) {
        session = take_from(at->second, wanted);
        at = at->second.empty() ? by_nexthop_.erase(at) : std::next(at);
    }
    return session;
}

size_t IdleSessions::size() const {
    size_t count = 0;
    for (const auto& [nexthop, kept] : by_nexthop_)
        count += kept.size();
    return count;
}

base::Instant IdleSessions::first_due() const {
    base::Instant first = base::never;
    for (const auto& [nexthop, kept] : by_nexthop_)
        for (const Kept& one : kept)
            first = std::min(first, one.until);
    return first;
}

void IdleSessions::close_due(base::Instant now) {
    for (auto at = by_nexthop_.begin(); at != by_nexthop_.end();) {
        Sessions& kept = at->second;
        for (Kept& one : kept) {
            if (one.until > now)
                continue;
            count_out(*one.session);
            leaving_.spawn(leave(std::move(one.session), options_));
        }
        std::erase_if(kept, [](const Kept& one) { return one.session == nullptr; });
        at = kept.empty() ? by_nexthop_.erase(at) : std::next(at);
    }
}

io::Task<void> IdleSessions::run() {
    // Due times a little apart are served together.
    constexpr base::Duration least_pause = std::chrono::milliseconds(200);
    std::exception_ptr cancelled;
    try {
        while (true) {
            if (by_nexthop_.empty())
                some_.clear();
            co_await some_.wait();
            base::Instant due = first_due();
            base::Instant soon = io::loop().now() + least_pause;
            if (due != base::never)
                co_await io::sleep_until(std::max(due, soon));
            close_due(io::loop().now());
        }
    } catch (const io::Cancelled&) {
        cancelled = std::current_exception();
    }
    // What cannot be sent without waiting is not sent.
    close_due(base::never);
    leaving_.cancel();
    co_await leaving_.join();
    std::rethrow_exception(cancelled);
}

}  // namespace smtp
