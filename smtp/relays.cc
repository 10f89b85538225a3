#include "smtp/relays.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/log.h"

namespace smtp {
namespace {

// What a server may meet in one policy and not in another.
std::string told_apart(const TlsPolicy& policy, const std::string& host) {
    std::string text =
        base::text(host, '\n', nexthop::name_of(policy.level), '\n', policy.source.text, '\n',
                   policy.domain, '\n', policy.server_name, '\n', policy.tlsa_domain);
    for (const std::string& name : policy.match)
        base::append(text, '\n', name);
    for (const tls::Tlsa& each : policy.tlsa)
        base::append(text, '\n', each.usage, each.selector, each.matching, each.data);
    return text;
}

}  // namespace

// Where connections are bound, an endpoint may work from one address and not from another.
std::string Relays::source_of(const nexthop::Endpoint& endpoint) const {
    int family = endpoint.address.family();
    const std::optional<io::SocketAddress>& bound =
        family == AF_INET6 ? options_.bind_v6 : options_.bind_v4;
    return endpoint.address.is_inet() && bound ? base::text('%', bound->ip()) : "";
}

health::Subject Relays::endpoint(const nexthop::Endpoint& endpoint,
                                 const nexthop::Destination& relay, bool configured) const {
    health::Subject subject;
    subject.scope = health::Scope::endpoint;
    subject.service = service_;
    subject.configured = configured;
    if (!endpoint.address.is_inet()) {
        subject.key = endpoint.ip;
        subject.label = relay.text;
        return subject;
    }
    bool v6 = endpoint.address.family() == AF_INET6;
    subject.key = base::text(v6 ? "[" : "", endpoint.ip, v6 ? "]" : "", ':', endpoint.port(),
                             source_of(endpoint));
    subject.label = base::text('[', endpoint.host, "]:", endpoint.port(), '/', endpoint.ip);
    return subject;
}

health::Subject Relays::nexthop(std::string_view as_written, bool configured) const {
    health::Subject subject;
    subject.scope = health::Scope::nexthop;
    subject.key = base::text(service_, ':', as_written);
    subject.label = as_written;
    subject.service = service_;
    subject.configured = configured;
    return subject;
}

// Whether all mail that goes to a server asks the same of it. A certificate is checked for names,
// which are the message's own.
bool Relays::is_for_all(const TlsPolicy& policy) const {
    bool checks = policy.level >= TlsLevel::dane_only || !policy.tlsa.empty();
    return !checks && options_.approaches && policy == options_.approaches->usual()->tls;
}

// Who chooses names of domains and exchangers could else have all mail for a server held up, by a
// policy that it cannot meet.
Login Relays::login_at(const SharedApproach& approach, const std::string* exchanger) const {
    Login login;
    if (table_ == nullptr || !approach)
        return login;
    const TlsPolicy& policy = approach->tls;
    if (!approach->login && exchanger != nullptr && nexthop::demands_tls(policy) &&
        !is_for_all(policy)) {
        login.tls_level = nexthop::name_of(policy.level);
        login.key = base::text("tls:", table_->secret_mark("", told_apart(policy, *exchanger)));
    }
    if (!approach->login)
        return login;
    const sasl::Account& account = approach->login->account;
    login.user = account.user;
    login.key = base::text(account.user, ":", table_->secret_mark(account.user, account.secret));
    return login;
}

health::Subject Relays::nexthop_of_login(std::string_view as_written,
                                         const std::string& user) const {
    health::Subject subject = nexthop(as_written, true);
    base::append(subject.key, health::login_mark, user);
    base::append(subject.label, " as ", user);
    return subject;
}

// As many as there are records of it in trouble, and the table bounds those.
void Relays::refused(const std::string& key, std::string sender) {
    refused_[key] = std::move(sender);
    if (refused_.size() <= most_refused_)
        return;
    std::erase_if(refused_, [this, &key](const auto& each) {
        std::optional<health::Record> record;
        if (table_ != nullptr)
            record = table_->find(health::Scope::nexthop, each.first);
        bool well = !record || record->look(io::loop().now()).state == health::State::closed;
        return well && each.first != key;
    });
    most_refused_ = std::max(most_refused_, 2 * refused_.size());
}

const std::string* Relays::refused(const std::string& key) const {
    auto found = refused_.find(key);
    return found == refused_.end() ? nullptr : &found->second;
}

void Relays::tell(const std::optional<health::Transition>& transition) const {
    if (transition)
        log::relay_health(*transition);
}

void Relays::visited(const std::string& key, Visit visit) {
    visits_.insert_or_assign(key, std::move(visit));
}

const Visit* Relays::visit(const std::string& key) const {
    auto found = visits_.find(key);
    return found == visits_.end() ? nullptr : &found->second;
}

// Relays are configured: there are few of them.
void Relays::found(const std::string& relay, std::vector<health::Subject> endpoints) {
    endpoints_[relay] = std::move(endpoints);
}

const std::vector<health::Subject>& Relays::endpoints(const std::string& relay) const {
    static const std::vector<health::Subject> none;
    auto found = endpoints_.find(relay);
    return found == endpoints_.end() ? none : found->second;
}

unsigned Relays::in_flight(const std::string& relay) const {
    unsigned sum = 0;
    if (table_ == nullptr)
        return sum;
    for (const health::Subject& each : endpoints(relay))
        if (auto record = table_->find(health::Scope::endpoint, each.key))
            sum += record->look(io::loop().now()).in_flight;
    return sum;
}

size_t Relays::connections(const std::string& key) const {
    auto found = connections_.find(key);
    return found == connections_.end() ? 0 : found->second;
}

void Relays::end(const std::string& key) {
    auto found = connections_.find(key);
    if (found != connections_.end() && --found->second == 0)
        connections_.erase(found);
}

}  // namespace smtp
