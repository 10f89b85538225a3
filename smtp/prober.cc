#include "smtp/prober.h"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "smtp/probe.h"

namespace smtp {
namespace {

using health::State;
using health::View;

constexpr base::Duration glance = std::chrono::milliseconds(500);

bool is_down(const View& view) {
    return view.state == State::open || view.state == State::half_open;
}

}  // namespace

io::Task<void> Prober::run() {
    std::exception_ptr end;
    relays_.probed_actively(true);
    try {
        while (true) {
            look_around();
            co_await io::sleep(glance);
        }
    } catch (const io::Cancelled&) {
        end = std::current_exception();
    }
    relays_.probed_actively(false);
    tasks_.cancel();
    co_await tasks_.join();
    std::rethrow_exception(end);
}

// Every record of ours that is down, or that somebody wants probed.
void Prober::look_around() {
    health::Table& table = *relays_.table();
    uint64_t changes = table.changes();
    bool changed = std::exchange(changes_, changes) != changes;
    if (!changed && watches_.empty())
        return;
    std::map<std::string, Watch> still;
    for (const health::Record& record : table.all()) {
        View view = record.look(io::loop().now());
        bool down = is_down(view) && !view.barred();
        bool wished = record.probe_wanted() > record.probe_answered();
        if (!view.configured || (!down && !wished) || view.scope == health::Scope::identity)
            continue;
        health::Names names = record.names();
        if (names.service != relays_.service())
            continue;
        auto known = watches_.find(names.key);
        Watch& watch = still[names.key];
        if (known != watches_.end())
            watch = known->second;
        if (view.scope == health::Scope::endpoint)
            see_to_endpoint(record, view, names, wished, watch);
        else if (names.key.find(health::login_mark) != std::string::npos)
            see_to_login(record, view, names, changed, watch);
        else
            see_to_nexthop(names, changed, watch);
    }
    for (auto& [key, watch] : watches_)
        if (watch.at_work)
            still.try_emplace(key, watch);
    watches_ = std::move(still);
}

void Prober::see_to_endpoint(const health::Record& record, const View& view,
                             const health::Names& names, bool wished, Watch& watch) {
    const FailoverSettings& failover = *options_.failover;
    base::Instant now = io::loop().now();
    if (watch.due == base::Instant())
        watch.due = view.since + failover.probe_interval;
    bool others = view.prober != 0 && view.prober != ::getpid();
    base::Duration once = failover.probe_connect_timeout + 2 * failover.probe_banner_timeout;
    if (watch.at_work || others || (watch.due > now && !wished) ||
        !record.take_lease(::getpid(), once + 2 * failover.probe_interval, now))
        return;
    watch.at_work = true;
    watch.due = next_time();
    health::Subject subject{view.scope, names.key, names.label, names.service, view.configured};
    tasks_.spawn(probe(std::move(subject), record.probe_wanted()));
}

// Up to a second later than the interval, so that relays that went down together are not probed
// together for ever.
base::Instant Prober::next_time() const {
    base::Duration spread(static_cast<int64_t>(base::random_fraction() * 1'000'000));
    return io::loop().now() + options_.failover->probe_interval + spread;
}

io::Task<void> Prober::probe(health::Subject subject, uint64_t wish) {
    std::string key = subject.key;
    std::optional<nexthop::Endpoint> endpoint = endpoint_of(subject);
    Standing standing(relays_, subject, options_.failover);
    health::Reason came_of_it = health::Reason::local_trouble;
    try {
        if (endpoint) {
            FoundApproach approach = co_await approach_of(key, *endpoint);
            if (approach.trouble && !approach.lacks_login)
                throw std::runtime_error(approach.trouble->reason);
            standing = Standing(relays_, std::move(subject), options_.failover,
                                relays_.login_at(approach.approach));
            co_await probe_as(standing, std::move(*endpoint), std::move(approach.approach),
                              came_of_it);
        }
    } catch (const std::runtime_error&) {
        // A shortage of ours says nothing of the relay, which is asked again in its time.
    }
    ended(key, standing, wish, came_of_it);
}

// A login that is in trouble is left alone: another try would only lock the account.
io::Task<void> Prober::probe_as(Standing& standing, nexthop::Endpoint endpoint, SharedApproach how,
                                health::Reason& came_of_it) {
    if (how && how->login && standing.login_fitness() != Fitness::good) {
        auto stranger = std::make_shared<Approach>(*how);
        stranger->login.reset();
        how = std::move(stranger);
    }
    base::Instant begun = io::loop().now();
    Probed probed = co_await ask(dialer_, std::move(endpoint), std::move(how), options_);
    came_of_it = probed.trouble ? probed.trouble->cause : health::Reason::none;
    if (probed.trouble)
        standing.failed(came_of_it, "");
    // That it refuses one login is not the relay's trouble.
    bool of_login = health::row_of(came_of_it).scope == health::Scope::identity;
    if (of_login)
        came_of_it = health::Reason::none;
    if (!probed.trouble || of_login)
        standing.ready(io::loop().now() - begun);
}

// As mail does or, when this process has seen none for it, as mail would for "[host]:port". Where
// its login is not to be had, the relay is asked as by a stranger.
io::Task<FoundApproach> Prober::approach_of(std::string key, nexthop::Endpoint endpoint) {
    if (!options_.approaches)
        co_return FoundApproach();
    if (const Visit* known = relays_.visit(key)) {
        Visit same = *known;
        co_return co_await options_.approaches->find(std::move(same));
    }
    nexthop::Destination relay;
    relay.host = endpoint.host;
    relay.text = base::text('[', endpoint.host, "]:", endpoint.port());
    Visit visit(relay.text, "", relay, endpoint);
    co_return co_await options_.approaches->find(std::move(visit));
}

// Its lease is kept from one probe to the next, until it is back.
void Prober::ended(const std::string& key, const Standing& standing, uint64_t wish,
                   health::Reason came_of_it) {
    auto watch = watches_.find(key);
    if (watch != watches_.end())
        watch->second.at_work = false;
    std::optional<health::Record> record = relays_.table()->find(health::Scope::endpoint, key);
    if (!record)
        return;
    if (wish > record->probe_answered())
        record->answer_probe(wish, came_of_it);
    if (!is_down(standing.view()))
        record->end_lease(::getpid());
}

void Prober::see_to_nexthop(const health::Names& names, bool changed, Watch& watch) {
    base::Instant now = io::loop().now();
    if (watch.at_work || (!changed && watch.due > now))
        return;
    watch.at_work = true;
    watch.due = next_time();
    tasks_.spawn(revive(names.key));
}

std::vector<nexthop::Destination> Prober::destinations_of(const std::string& as_written) const {
    std::vector<nexthop::Destination> destinations =
        nexthop::parse_destinations(as_written, options_.nexthop.rules);
    for (nexthop::Destination& each :
         nexthop::parse_destinations(options_.nexthop.fallback_relay, options_.nexthop.rules))
        destinations.push_back(std::move(each));
    return destinations;
}

// Whether there is a place again for mail with this next hop.
io::Task<void> Prober::revive(std::string key) {
    std::string as_written = key.substr(relays_.service().size() + 1);
    std::vector<nexthop::Destination> destinations = destinations_of(as_written);
    bool found = false;
    for (size_t i = 0; i < destinations.size() && !found; ++i) {
        bool good = co_await has_place(destinations[i]);
        found = good;
    }
    if (found)
        Standing(relays_, relays_.nexthop(as_written, true), options_.failover)
            .recovered({health::Reason::all_relays_down});
    auto watch = watches_.find(key);
    if (watch != watches_.end())
        watch->second.at_work = false;
}

// By the process that has seen such mail, as long as it lives.
void Prober::see_to_login(const health::Record& record, const View& view,
                          const health::Names& names, bool changed, Watch& watch) {
    base::Instant now = io::loop().now();
    bool others = view.prober != 0 && view.prober != ::getpid();
    if (watch.at_work || others || (!changed && watch.due > now) ||
        !record.take_lease(::getpid(), 3 * options_.failover->probe_interval, now))
        return;
    watch.at_work = true;
    watch.due = next_time();
    tasks_.spawn(revive_login(names.key));
}

// Whether mail with that login has a place again: it has another password, or the time is over for
// which it was not tried. Where nobody knows whose mail it is, that finds out by itself.
io::Task<void> Prober::revive_login(std::string key) {
    const std::string* known = relays_.refused(key);
    size_t start = relays_.service().size() + 1;
    std::string as_written = key.substr(start, key.find(health::login_mark) - start);
    std::string sender = known == nullptr ? "" : *known;
    std::vector<nexthop::Destination> destinations = destinations_of(as_written);
    bool found = known == nullptr;
    for (size_t i = 0; i < destinations.size() && !found; ++i) {
        bool good = co_await lets_in(as_written, sender, destinations[i]);
        found = good;
    }
    if (found) {
        std::string user = key.substr(key.find(health::login_mark) + 1);
        Standing waiting(relays_, relays_.nexthop_of_login(as_written, user), options_.failover);
        waiting.recovered({health::Reason::all_relays_down});
        if (auto record = relays_.table()->find(health::Scope::nexthop, key))
            record->end_lease(::getpid());
    }
    auto watch = watches_.find(key);
    if (watch != watches_.end())
        watch->second.at_work = false;
}

io::Task<bool> Prober::lets_in(std::string nexthop, std::string sender,
                               const nexthop::Destination& destination) {
    nexthop::Purpose purpose;
    purpose.configured = true;
    nexthop::Site site = co_await sites_.look_up(destination, purpose);
    for (size_t i = 0; i < site.endpoints.size() && options_.approaches; ++i) {
        const nexthop::Endpoint& endpoint = site.endpoints[i];
        Visit visit(nexthop, sender, destination, endpoint);
        FoundApproach found = co_await options_.approaches->find(std::move(visit));
        Standing standing(relays_, relays_.endpoint(endpoint, destination, true), options_.failover,
                          relays_.login_at(found.approach));
        if (!found.trouble && standing.fitness() <= Fitness::full)
            co_return true;
    }
    co_return false;
}

// Whether one of the endpoints is any good; that its name leads to some is told at once.
io::Task<bool> Prober::has_place(const nexthop::Destination& destination) {
    nexthop::Purpose purpose;
    purpose.configured = true;
    nexthop::Site site = co_await sites_.look_up(destination, purpose);
    if (site.endpoints.empty())
        co_return false;
    Standing(relays_, relays_.nexthop(destination.text, true), options_.failover)
        .recovered({health::Reason::name_not_found, health::Reason::dns_trouble});
    co_return std::ranges::any_of(site.endpoints, [&](const nexthop::Endpoint& each) {
        Standing standing(relays_, relays_.endpoint(each, destination, true), options_.failover);
        return standing.fitness() <= Fitness::full;
    });
}

}  // namespace smtp
