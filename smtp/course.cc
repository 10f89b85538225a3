#include "smtp/course.h"

#include <algorithm>
#include <utility>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/demand.h"
#include "smtp/greeting.h"
#include "smtp/log.h"
#include "smtp/start_tls.h"
#include "smtp/verdict.h"

namespace smtp {

using health::Reason;

Course::Course(Job& job, const Options& options, IdleSessions& idle, nexthop::SiteLookup& sites,
               Relays& relays)
    : job_(job),
      options_(options),
      idle_(idle),
      sites_(sites),
      relays_(relays),
      list_(relays, relays.nexthop(job.request().nexthop, job.request().configured),
            job.failover()) {
    if (!job.plan().arranged())
        job.plan().arrange(job.failover()->policy,
                           [this](const std::vector<size_t>& group) { return in_order(group); });
}

// What the policies know a group by.
std::string Course::list_of(size_t site) const {
    const nexthop::Destination& relay = job_.plan().destination(site);
    return base::text(job_.request().nexthop, '#', relay.priority.value_or(0));
}

std::vector<size_t> Course::in_order(const std::vector<size_t>& group) const {
    nexthop::Choice choice;
    for (size_t site : group)
        choice.contenders.push_back(&job_.plan().destination(site));
    choice.list = list_of(group.front());
    choice.sender = job_.request().sender;
    choice.sticky_time = job_.failover()->sticky_time;
    choice.now = io::loop().now();
    choice.in_flight = [&](size_t i) { return relays_.in_flight(choice.contenders[i]->text); };
    std::vector<size_t> sites;
    for (size_t i :
         nexthop::order_by(job_.failover()->policy, choice, relays_.memory(), relays_.random()))
        sites.push_back(group[i]);
    return sites;
}

// The places that are as good as this one. Relays that this message had no need to look up are
// those that another message found.
std::vector<Standing> Course::equals_of(size_t site, const nexthop::Endpoint& endpoint) const {
    std::vector<Standing> equals;
    for (const Plan::Place& place : job_.plan().equal_to(site, endpoint))
        if (place.endpoint != nullptr)
            equals.push_back(standing_of(place.site, *place.endpoint));
        else
            for (const health::Subject& each :
                 relays_.endpoints(job_.plan().destination(place.site).text))
                equals.emplace_back(relays_, each, job_.failover());
    return equals;
}

// Who is much slower than the others comes after them for a while.
void Course::weigh(size_t site, const nexthop::Endpoint& endpoint) const {
    std::vector<Standing> group = equals_of(site, endpoint);
    std::erase_if(group, [](const Standing& each) { return each.fitness() != Fitness::good; });
    std::vector<health::Pace> paces;
    for (const Standing& each : group)
        paces.push_back(each.view().pace);
    for (size_t slow : health::slow_ones(paces, job_.failover()->rules))
        group[slow].eject_slow();
}

Standing Course::standing_of(size_t site, const nexthop::Endpoint& endpoint) const {
    const Plan& plan = job_.plan();
    const FoundApproach* found = job_.approach(site, endpoint);
    bool configured = plan.is_configured_relay(site);
    Login login;
    login.key.clear();
    if (found != nullptr)
        login = relays_.login_at(found->approach, configured ? nullptr : &endpoint.host);
    Standing standing(relays_, relays_.endpoint(endpoint, plan.destination(site), configured),
                      job_.failover(), std::move(login));
    if (job_.may_go_under_any_tls(site, endpoint))
        standing.overlook_policy();
    return standing;
}

Standing Course::standing_of_name(size_t site) const {
    return {relays_, relays_.nexthop(job_.plan().destination(site).text, true), job_.failover()};
}

Fitness Course::of(size_t site, const nexthop::Endpoint& endpoint) const {
    Fitness fitness = standing_of(site, endpoint).fitness();
    bool full = std::ranges::any_of(
        full_, [&](const nexthop::Endpoint& each) { return each.same_place(endpoint); });
    return full ? std::max(fitness, Fitness::full) : fitness;
}

// The names of other people's domains are looked up as ever.
Fitness Course::of_name(size_t site) const {
    if (!job_.plan().is_configured_relay(site))
        return Fitness::good;
    health::View view = standing_of_name(site).view();
    bool unknown = view.reason == Reason::name_not_found || view.reason == Reason::dns_trouble;
    bool down = view.state == health::State::open ||
                (view.state == health::State::half_open && relays_.probed_actively());
    return unknown && down ? Fitness::held : Fitness::good;
}

io::Task<std::optional<Candidate>> Course::next(const std::vector<size_t>& running) {
    using What = Plan::Step::What;
    std::optional<Candidate> found;
    while (!found && !job_.settled()) {
        Fitness worst = desperate_ ? Fitness::held : Fitness::full;
        Plan::Step step = job_.plan().next(*this, worst, running);
        if (step.what == What::look_up) {
            co_await look_up(step.site);
        } else if (step.what == What::go) {
            std::optional<Candidate> next = co_await go(step.site, *step.endpoint, step.as);
            found = std::move(next);
        } else if (!running.empty() || !tries_what_is_down()) {
            break;
        }
    }
    co_return found;
}

// None as start(), where nobody knows how to approach it, and when that makes it another's turn.
io::Task<std::optional<Candidate>> Course::go(size_t site, nexthop::Endpoint endpoint, Fitness as) {
    bool was_known = job_.approach(site, endpoint) != nullptr;
    co_await job_.find_approach(site, endpoint);
    std::optional<Trouble> trouble = job_.approach(site, endpoint)->trouble;
    if (!trouble && !was_known && of(site, endpoint) != as)
        co_return std::nullopt;
    if (!trouble)
        co_return start(site, std::move(endpoint), as);
    job_.plan().tried(site, endpoint);
    job_.way().connected = io::loop().wall();
    job_.way().tls = tls_status(*job_.approach(site, endpoint), *trouble, options_);
    job_.failed(*trouble);
    co_return std::nullopt;
}

// One message a second may go to what is down, when nothing else is left.
bool Course::tries_what_is_down() {
    if (desperate_ || !job_.plan().wholly_down(*this))
        return false;
    desperate_ = list_.take_turn(job_.failover()->rules.all_down_probe_interval);
    return desperate_;
}

// Finds the endpoints of a destination. Where it has none, that is its trouble.
io::Task<void> Course::look_up(size_t site) {
    nexthop::Destination destination = job_.plan().destination(site);
    bool configured = job_.plan().is_configured_relay(site);
    const FailoverSettings& failover = *job_.failover();
    nexthop::Purpose purpose;
    purpose.configured = configured;
    purpose.interleave = failover.health;
    purpose.stale_time = failover.health ? failover.stale_address_time : base::Duration(0);
    nexthop::Site found = co_await sites_.look_up(destination, purpose);
    std::optional<nexthop::Absence> absence = std::move(found.absence);
    if (!absence && job_.plan().has_equals(site)) {
        std::vector<health::Subject> endpoints;
        for (const nexthop::Endpoint& each : found.endpoints)
            endpoints.push_back(relays_.endpoint(each, destination, configured));
        relays_.found(destination.text, std::move(endpoints));
    }
    job_.plan().found(site, std::move(found));
    job_.way().connected = io::loop().wall();
    if (!absence) {
        if (configured)
            standing_of_name(site).recovered({Reason::name_not_found, Reason::dns_trouble});
        co_return;
    }
    Trouble trouble = lookup_trouble(absence->dsn, absence->reason);
    trouble.cause = cause_of(*absence);
    if (destination.fallback && trouble.kind == Trouble::Kind::unreachable) {
        log::misconfigured(options_.lmtp ? "lmtp_fallback_relay" : "smtp_fallback_relay");
        trouble = misconfigured(std::move(trouble));
    }
    if (configured)
        standing_of_name(site).failed(trouble.cause, job_.request().queue_id);
    job_.failed(trouble);
}

// None when it turns out to be full, or to be probed by somebody else.
std::optional<Candidate> Course::start(size_t site, nexthop::Endpoint endpoint, Fitness as) {
    const FailoverSettings& failover = *job_.failover();
    Standing standing = standing_of(site, endpoint);
    if (!standing.begin(as)) {
        full_.push_back(std::move(endpoint));
        return std::nullopt;
    }
    job_.plan().tried(site, endpoint);
    Candidate candidate;
    candidate.site = site;
    candidate.hedged = failover.health && job_.plan().is_configured_relay(site);
    candidate.connect = options_.connect;
    candidate.greeting = options_.helo;
    // Where another place is left its time is limited; more so when it was down a moment ago.
    bool others = job_.plan().next(*this, Fitness::full, {}).what != Plan::Step::What::none;
    if (others && as == Fitness::probe) {
        candidate.connect = failover.probe_connect_timeout;
        candidate.greeting = failover.probe_banner_timeout;
    }
    if (candidate.hedged && others_left(site))
        candidate.until = job_.turn_ends();
    const FoundApproach& approach = *job_.approach(site, endpoint);
    candidate.approach = approach.approach;
    candidate.kept = idle_.take_at(endpoint, approach);
    if (!job_.one_approach() && job_.plan().is_configured_relay(site))
        relays_.visited(standing.subject().key, Visit(job_.request().nexthop, job_.request().sender,
                                                      job_.plan().destination(site), endpoint));
    begun_.push_back({site, endpoint, io::loop().now(), std::move(standing)});
    candidate.endpoint = std::move(endpoint);
    return candidate;
}

bool Course::others_left(size_t site) {
    return job_.plan().next(*this, Fitness::full, {site}).what != Plan::Step::What::none;
}

std::optional<Candidate> Course::sibling(const Candidate& candidate) {
    const nexthop::Endpoint* endpoint =
        job_.plan().sibling(*this, candidate.site, candidate.endpoint);
    return endpoint == nullptr ? std::nullopt : start(candidate.site, *endpoint, Fitness::good);
}

Course::Begun Course::take_begun(const Candidate& candidate) {
    auto at = std::ranges::find_if(begun_, [&](const Begun& each) {
        return each.site == candidate.site && each.endpoint.same_place(candidate.endpoint);
    });
    Begun begun = std::move(*at);
    begun_.erase(at);
    return begun;
}

bool Course::ended(Ended how) {
    const Candidate& candidate = how.candidate;
    Begun begun = take_begun(candidate);
    if (candidate.kept)
        idle_.put(std::move(how.candidate.kept));
    if (how.how == Ended::How::withdrawn)
        job_.plan().forget(candidate.site, candidate.endpoint);
    if (how.how == Ended::How::lost) {
        begun.standing.failed(Reason::lost_race, job_.request().queue_id);
        log::relay_attempt(job_.request(), begun.standing.label(), begun.endpoint.source,
                           Reason::lost_race, how.after);
    }
    if (how.how != Ended::How::failed)
        return true;
    job_.way().relay = how.connected ? peer_of(candidate.endpoint).relay : "none";
    not_opened(begun, std::move(how.trouble), how.after);
    return !job_.settled();
}

void Course::failed(const Candidate& candidate, Trouble trouble) {
    Begun begun = take_begun(candidate);
    not_opened(begun, std::move(trouble), io::loop().now() - begun.at);
}

void Course::not_opened(Begun& begun, Trouble trouble, base::Duration after) {
    job_.way().connected = io::loop().wall();
    const FoundApproach* approach = job_.approach(begun.site, begun.endpoint);
    bool configured = job_.plan().is_configured_relay(begun.site);
    if (approach != nullptr) {
        job_.way().tls = tls_status(*approach, trouble, options_);
        // A relay that somebody configured will be put right.
        if (!configured)
            trouble = as_demanded(approach->demand, std::move(trouble));
    }
    // A server that is ourselves: other exchangers would only send the message back. A relay that
    // the configuration names is another matter.
    if (trouble.kind == Trouble::Kind::unreachable && !configured)
        trouble.kind = Trouble::Kind::refused;
    Reason cause = begun.standing.failed(trouble.cause, job_.request().queue_id);
    if (begun.standing.watched() && cause != Reason::none)
        log::relay_attempt(job_.request(), begun.standing.label(), begun.endpoint.source, cause,
                           after);
    job_.failed(trouble);
}

void Course::won(Session& session, const Candidate& candidate, bool kept) {
    Begun begun = take_begun(candidate);
    if (begun.standing.counts())
        list_.recovered({Reason::all_relays_down});
    if (!kept) {
        begun.standing.ready(io::loop().now() - begun.at);
        session.standing = std::move(begun.standing);
    }
    session.passed_over.clear();
    session.alone = !job_.failover()->health || !job_.plan().is_configured_relay(candidate.site) ||
                    !others_left(candidate.site);
    if (job_.failover()->policy == nexthop::Policy::sticky)
        relays_.memory().took(list_of(candidate.site), job_.plan().destination(candidate.site).text,
                              io::loop().now());
    if (!job_.failover()->health || relays_.table() == nullptr)
        return;
    if (job_.plan().is_configured_relay(candidate.site))
        weigh(candidate.site, candidate.endpoint);
    for (const Plan::Place& place : job_.plan().better_than(candidate.site, candidate.endpoint))
        session.passed_over.push_back(place.endpoint == nullptr
                                          ? standing_of_name(place.site)
                                          : standing_of(place.site, *place.endpoint));
}

}  // namespace smtp
