#include "smtp/approach.h"

namespace smtp {
namespace {

bool led_by_dns(nexthop::Endpoint::Source source) {
    return source == nexthop::Endpoint::Source::mx || source == nexthop::Endpoint::Source::srv;
}

}  // namespace

bool same(const SharedApproach& one, const SharedApproach& other) {
    if (one == other)
        return true;
    static const Approach plain;
    return (one ? *one : plain) == (other ? *other : plain);
}

Visit::Visit(std::string next, std::string from, const nexthop::Destination& to,
             const nexthop::Endpoint& endpoint)
    : nexthop(std::move(next)),
      sender(std::move(from)),
      element(to.text),
      domain(to.host),
      host(endpoint.host),
      port(endpoint.address.is_inet() ? endpoint.port() : 0),
      host_from_dns(led_by_dns(endpoint.source)) {}

io::Task<FoundApproach> Approaches::find(Visit) const {
    FoundApproach found;
    found.approach = usual_;
    co_return found;
}

KnownApproaches::KnownApproaches(std::shared_ptr<const Approaches> approaches)
    : approaches_(std::move(approaches)) {
    if (!approaches_ || !approaches_->same_for_all())
        return;
    usual_.approach = approaches_->usual();
    approaches_.reset();
}

const FoundApproach* KnownApproaches::of(size_t site, const std::string& host) const {
    if (complete())
        return &usual_;
    auto found = found_.find({site, host});
    return found == found_.end() ? nullptr : &found->second;
}

io::Task<void> KnownApproaches::find(size_t site, Visit visit) {
    std::string host = visit.host;
    if (of(site, host) != nullptr)
        co_return;
    FoundApproach found = co_await approaches_->find(std::move(visit));
    found_.insert_or_assign({site, host}, std::move(found));
}

}  // namespace smtp
