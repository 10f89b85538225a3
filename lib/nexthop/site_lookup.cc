#include "lib/nexthop/site_lookup.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/dns/srv_order.h"

namespace nexthop {
namespace {

using State = dns::Answer::State;

// RFC 7505: one MX record that names the root.
bool is_null_mx(const std::vector<dns::Exchange>& exchangers) {
    return exchangers.size() == 1 && exchangers.front().name.empty();
}

std::vector<dns::Exchange> exchangers_in(const dns::Answer& answer) {
    std::vector<dns::Exchange> found;
    for (const dns::Record& record : answer.records)
        if (const auto* exchange = std::get_if<dns::Exchange>(&record.data))
            found.push_back(*exchange);
    std::ranges::stable_sort(found, {}, &dns::Exchange::preference);
    return found;
}

std::vector<dns::Service> services_in(const dns::Answer& answer) {
    std::vector<dns::Service> found;
    for (const dns::Record& record : answer.records)
        if (const auto* service = std::get_if<dns::Service>(&record.data))
            found.push_back(*service);
    return found;
}

// RFC 2782: the root as the only target says that there is no such service.
bool is_no_service(const std::vector<dns::Service>& services) {
    return services.size() == 1 && services.front().name.empty();
}

Site without_endpoint(Absence absence) {
    Site site;
    site.absence = std::move(absence);
    return site;
}

std::optional<Endpoint> endpoint_at(const std::string& ip, const std::string& host,
                                    const Destination& destination) {
    std::optional<io::SocketAddress> address = io::SocketAddress::inet(ip, destination.port);
    if (!address)
        return std::nullopt;
    Endpoint endpoint;
    endpoint.host = host;
    endpoint.ip = address->ip();
    endpoint.address = *address;
    return endpoint;
}

}  // namespace

Absence loops_back(mail::Dsn dsn, std::string_view destination) {
    return {dsn, base::text("mail for ", destination, " loops back to myself")};
}

// The worst that was heard while one site was looked up. What may go away outweighs what stays.
class SiteLookup::Errors {
  public:
    void add(State state, std::string_view reason) {
        bool was_soft = worst_ && worst_->dsn.klass == 4;
        mail::Dsn dsn{5, 4, 4};
        if (state == State::retry)
            dsn = {4, 4, 3};
        else if (state == State::fatal)
            dsn = {5, 4, 3};
        if (was_soft && (state == State::fatal || state == State::invalid))
            return;
        if (was_soft && state == State::none)
            dsn.klass = 4;
        worst_ = Absence{dsn, std::string(reason)};
    }
    void add_refusal(std::string_view reason) { worst_ = Absence{{5, 1, 0}, std::string(reason)}; }
    const Absence& worst() const { return *worst_; }
    // When no address was found.
    Absence give_up(bool force_soft) {
        if (!worst_)
            worst_ = Absence{{5, 4, 4}, "no address found"};
        if (force_soft)
            worst_->dsn = {4, 4, 4};
        return *worst_;
    }

  private:
    std::optional<Absence> worst_;
};

// A server at another port than that of SMTP is not us, whatever its address.
bool SiteLookup::guards_loops(const Destination& destination) const {
    return options_.guard_loops && destination.port == 25;
}

SiteLookup::SiteLookup(const LookupOptions& options, dns::Resolver& resolver,
                       dns::HostLookup& hosts)
    : options_(options),
      resolver_(resolver),
      hosts_(hosts),
      random_(static_cast<unsigned>(base::random_number())) {}

Site SiteLookup::socket(const Destination& destination) const {
    Endpoint endpoint;
    endpoint.host = options_.myhostname;
    endpoint.address = *io::SocketAddress::unix_path(destination.host);
    endpoint.ip = destination.host;
    Site site;
    site.endpoints.push_back(std::move(endpoint));
    return site;
}

io::Task<Site> SiteLookup::look_up(const Destination& destination) {
    using Kind = Destination::Kind;
    if (destination.kind == Kind::unusable)
        co_return without_endpoint({{4, 3, 5}, destination.defect});
    if (destination.kind == Kind::socket)
        co_return socket(destination);
    if (options_.ask_dns && options_.srv_services.contains(destination.service))
        co_return co_await service(destination);
    co_return co_await without_service(destination);
}

io::Task<Site> SiteLookup::without_service(const Destination& destination) {
    if (destination.kind == Destination::Kind::domain && options_.ask_dns)
        co_return co_await domain(destination);
    co_return co_await host(destination);
}

bool SiteLookup::goes_on_without(State srv) const {
    bool failed = srv != State::none && srv != State::found;
    return options_.allow_srv_fallback || (failed && options_.ignore_srv_error);
}

// RFC 2782, RFC 6186: "_submission._tcp.example.org".
io::Task<Site> SiteLookup::service(const Destination& destination) {
    std::string name = base::text("_", destination.service, "._tcp.", destination.host);
    dns::Answer answer = co_await resolver_.ask(name, dns::Type::srv);
    std::vector<dns::Service> found = services_in(answer);
    Errors errors;
    if (answer.state != State::found || found.empty())
        errors.add(answer.state == State::found ? State::none : answer.state, answer.reason);
    else if (is_no_service(found))
        errors.add_refusal(base::text("Service ", name, " does not support SRV requests"));
    found = dns::in_srv_order(std::move(found), random_);
    Endpoints all = co_await servers(found, destination, errors);
    if (all.empty() && goes_on_without(answer.state))
        co_return co_await without_service(destination);
    if (all.empty())
        co_return without_endpoint(errors.give_up(false));
    uint16_t best = all.front().preference;
    co_return settle(std::move(all), destination, best);
}

io::Task<Endpoints> SiteLookup::servers(const std::vector<dns::Service>& found,
                                        const Destination& destination, Errors& errors) {
    Endpoints all;
    for (const dns::Service& each : found) {
        if (each.name.empty())
            continue;
        Destination server = destination;
        server.port = each.port;
        Endpoints some = co_await addresses_of(each.name, server, errors);
        for (Endpoint& endpoint : some) {
            endpoint.preference = each.priority;
            all.push_back(std::move(endpoint));
        }
    }
    co_return all;
}

io::Task<Site> SiteLookup::domain(const Destination& destination) {
    dns::Answer answer = co_await resolver_.ask(destination.host, dns::Type::mx);
    std::vector<dns::Exchange> found = exchangers_in(answer);
    if (answer.state == State::found && is_null_mx(found))
        co_return without_endpoint(
            {{5, 1, 0}, base::text("Domain ", destination.host, " does not accept mail (nullMX)")});
    if (answer.state == State::none || found.empty()) {
        if (answer.state == State::none || answer.state == State::found || options_.ignore_mx_error)
            co_return co_await host(destination);
        Errors errors;
        errors.add(answer.state, answer.reason);
        co_return without_endpoint(errors.worst());
    }
    Errors errors;
    Endpoints all = co_await exchangers(found, destination, errors);
    if (all.empty()) {
        base::log::warning(
            base::text("no MX host for ", destination.host, " has a valid address record"));
        co_return without_endpoint(errors.give_up(options_.defer_if_no_address));
    }
    Site site = settle(std::move(all), destination, found.front().preference);
    arrange(site.endpoints);
    co_return site;
}

io::Task<Endpoints> SiteLookup::exchangers(const std::vector<dns::Exchange>& found,
                                           const Destination& destination, Errors& errors) {
    Endpoints all;
    for (const dns::Exchange& exchange : found) {
        if (exchange.name.empty())
            continue;
        Endpoints some = co_await addresses_of(exchange.name, destination, errors);
        for (Endpoint& each : some) {
            each.preference = exchange.preference;
            all.push_back(std::move(each));
        }
    }
    co_return all;
}

// Without ourselves; `all` are in order of preference.
Site SiteLookup::settle(Endpoints all, const Destination& destination, uint16_t best_preference) {
    Site site;
    uint16_t best_found = all.front().preference;
    site.endpoints = std::move(all);
    site.ours = guards_loops(destination) && drop_from_ourselves(site.endpoints, options_.own);
    if (site.endpoints.empty() && best_preference != best_found)
        site.absence = {{4, 4, 4},
                        base::text("unable to find primary relay for ", destination.host)};
    else if (site.endpoints.empty())
        site.absence = loops_back({5, 4, 6}, destination.host);
    for (Endpoint& each : site.endpoints) {
        each.best = each.preference == site.endpoints.front().preference;
        each.loop_guard = guards_loops(destination);
    }
    return site;
}

io::Task<Site> SiteLookup::host(const Destination& destination) {
    Errors errors;
    Endpoints all = co_await addresses_of(destination.host, destination, errors);
    if (all.empty())
        co_return without_endpoint(errors.give_up(false));
    Site site = settle(std::move(all), destination, 0);
    arrange(site.endpoints);
    co_return site;
}

io::Task<Endpoints> SiteLookup::addresses_of(const std::string& name,
                                             const Destination& destination, Errors& errors) {
    Endpoints endpoints;
    dns::Answer answer = co_await hosts_.addresses(name);
    const std::string& called = options_.alias_names && !answer.name.empty() ? answer.name : name;
    for (const dns::Record& record : answer.records)
        if (const auto* found = std::get_if<dns::Address>(&record.data))
            if (std::optional<Endpoint> endpoint = endpoint_at(found->ip, called, destination))
                endpoints.push_back(std::move(*endpoint));
    if (endpoints.empty())
        errors.add(answer.state, answer.reason);
    co_return endpoints;
}

void SiteLookup::arrange(Endpoints& endpoints) {
    if (endpoints.empty())
        return;
    if (options_.randomize)
        shuffle(endpoints, random_);
    put_in_order(endpoints, options_.preference);
    if (options_.balance)
        balance_families(endpoints, options_.address_limit);
}

}  // namespace nexthop
