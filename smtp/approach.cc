#include "smtp/approach.h"

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

}  // namespace

bool same(const SharedApproach& one, const SharedApproach& other) {
    if (one == other)
        return true;
    static const Approach plain;
    return (one ? *one : plain) == (other ? *other : plain);
}

Approaches::Approaches(nexthop::TlsPolicies tls, std::shared_ptr<Logins> logins)
    : tls_(std::move(tls)), logins_(std::move(logins)) {
    auto usual = std::make_shared<Approach>();
    usual->tls = tls_.usual();
    usual_ = std::move(usual);
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

KnownApproaches::KnownApproaches(std::shared_ptr<Approaches> approaches)
    : approaches_(std::move(approaches)) {
    if (!approaches_ || !approaches_->same_for_all())
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
