#include "smtp/approach.h"

#include "smtp/demand.h"
#include "smtp/log.h"

namespace smtp {
namespace {

Trouble no_login(std::string reason) {
    Trouble trouble;
    trouble.cause = health::Reason::local_trouble;
    trouble.dsn = {4, 7, 0};
    trouble.reason = std::move(reason);
    return trouble;
}

// What only mail with such a demand meets is not to hold up other mail for the place.
Trouble of_message(Trouble trouble) {
    trouble.destination = false;
    return trouble;
}

}  // namespace

bool same(const SharedApproach& one, const SharedApproach& other) {
    if (one == other)
        return true;
    static const Approach plain;
    return (one ? *one : plain) == (other ? *other : plain);
}

// A login is another's when the message has none, or another one.
bool serves(const SharedApproach& of_session, const FoundApproach& found) {
    bool logged_in = of_session && of_session->login;
    return same(of_session, found.approach) || (found.any_tls && !logged_in);
}

Approaches::Approaches(nexthop::TlsPolicies tls, std::shared_ptr<Logins> logins)
    : tls_(std::move(tls)), logins_(std::move(logins)) {
    auto usual = std::make_shared<Approach>();
    usual->tls = tls_.usual();
    usual_ = std::move(usual);
}

void Approaches::heed(nexthop::RequireTlsPolicies demands, bool optional) {
    demands_ = std::move(demands);
    heeds_optional_ = optional;
}

bool Approaches::heeds(mail::TlsWish wish) const {
    bool demands = !same_for_all() || nexthop::demands_tls(tls_.usual());
    return (wish == mail::TlsWish::required && !demands_.none()) ||
           (wish == mail::TlsWish::optional && heeds_optional_ && demands);
}

// What the tables say and, where it is for the host's TLSA records to say, they.
io::Task<nexthop::FoundTlsPolicy> Approaches::tls_policy(Visit visit) {
    nexthop::FoundTlsPolicy found = co_await tls_.find(visit);
    if (!found.trouble.empty() || !nexthop::asks_for_tlsa(found.policy.level) || !dane_)
        co_return found;
    nexthop::FoundTlsPolicy applied = co_await dane_->apply(found, visit);
    if (!applied.trouble.empty())
        log::tls_policy_trouble(visit, applied.trouble);
    co_return applied;
}

io::Task<FoundApproach> Approaches::find(Visit visit) {
    if (visit.tls_wish == mail::TlsWish::optional && heeds_optional_) {
        bool guarded = co_await logs_in(visit);
        if (!guarded)
            co_return co_await find_undemanding(std::move(visit));
    }
    FoundApproach found = co_await find_configured(visit);
    if (visit.tls_wish == mail::TlsWish::required && !found.trouble)
        co_await add_demand(std::move(visit), found);
    co_return found;
}

// No sender is to have our password shown to a server that is not the right one.
io::Task<bool> Approaches::logs_in(Visit visit) {
    if (!logins_)
        co_return false;
    FoundLogin found = co_await logins_->find(std::move(visit));
    co_return found.login.has_value() || !found.trouble.empty();
}

// RFC 8689 section 4.2.2: no policy of the recipient's domain holds.
io::Task<FoundApproach> Approaches::find_undemanding(Visit visit) {
    nexthop::FoundTlsPolicy found = co_await tls_.find(std::move(visit));
    const TlsPolicy& policy = found.trouble.empty() ? found.policy : tls_.usual();
    auto approach = std::make_shared<Approach>();
    approach->tls = tls_.defaults().without_demands(policy);
    FoundApproach undemanding;
    undemanding.approach = std::move(approach);
    undemanding.any_tls = true;
    co_return undemanding;
}

io::Task<nexthop::FoundRequireTls> Approaches::demanded(Visit visit) {
    co_return co_await demands_.find(visit);
}

io::Task<void> Approaches::add_demand(Visit visit, FoundApproach& found) {
    nexthop::FoundRequireTls demanded = co_await demands_.find(visit);
    found.demand = demanded.action;
    if (demanded.trouble.empty())
        found.trouble = unfit_policy(found.demand, found.approach->tls, visit);
    else
        found.trouble = of_message(lookup_trouble(demanded.dsn, demanded.reason));
}

io::Task<FoundApproach> Approaches::find_configured(Visit visit) {
    FoundApproach found;
    found.approach = usual_;
    nexthop::FoundTlsPolicy policy = co_await tls_policy(visit);
    if (!policy.trouble.empty())
        found.trouble = lookup_trouble(policy.dsn, policy.reason);
    if (policy.policy != usual_->tls) {
        auto approach = std::make_shared<Approach>();
        approach->tls = std::move(policy.policy);
        found.approach = std::move(approach);
    }
    if (logins_ && !found.trouble)
        co_await add_login(std::move(visit), found);
    co_return found;
}

// Who would have to log in and cannot goes nowhere without it.
io::Task<void> Approaches::add_login(Visit visit, FoundApproach& found) {
    FoundLogin one = co_await logins_->find(std::move(visit));
    found.lacks_login = !one.trouble.empty();
    if (found.lacks_login)
        found.trouble = no_login(std::move(one.trouble));
    if (!one.login)
        co_return;
    auto approach = std::make_shared<Approach>(*found.approach);
    approach->login = std::move(one.login);
    found.approach = std::move(approach);
}

KnownApproaches::KnownApproaches(std::shared_ptr<Approaches> approaches, mail::TlsWish wish)
    : approaches_(std::move(approaches)) {
    if (!approaches_ && wish == mail::TlsWish::required)
        usual_.demand = RequireTls::enforce;
    if (!approaches_ || !approaches_->same_for_all() || approaches_->heeds(wish))
        return;
    usual_.approach = approaches_->usual();
    approaches_.reset();
}

const FoundApproach* KnownApproaches::of(size_t site, const std::string& host,
                                         uint16_t port) const {
    if (complete())
        return &usual_;
    auto found = found_.find({site, host, port});
    return found == found_.end() ? nullptr : &found->second;
}

io::Task<void> KnownApproaches::find(size_t site, Visit visit) {
    std::string host = visit.host;
    uint16_t port = visit.port;
    if (of(site, host, port) != nullptr)
        co_return;
    FoundApproach found = co_await approaches_->find(std::move(visit));
    found_.insert_or_assign({site, host, port}, std::move(found));
}

}  // namespace smtp
