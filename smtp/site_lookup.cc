#include "smtp/site_lookup.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/random.h"
#include "lib/base/text.h"

namespace smtp {
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

Site unreachable(Trouble trouble) {
    Site site;
    site.trouble = std::move(trouble);
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
        worst_ = lookup_trouble(dsn, reason);
    }
    const Trouble& worst() const { return *worst_; }
    // When no address was found.
    Trouble give_up(bool force_soft) {
        if (!worst_)
            worst_ = lookup_trouble({5, 4, 4}, "no address found");
        if (force_soft)
            worst_ = lookup_trouble({4, 4, 4}, worst_->reason);
        return *worst_;
    }

  private:
    std::optional<Trouble> worst_;
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
        co_return unreachable(configuration_trouble(destination.defect));
    if (destination.kind == Kind::socket)
        co_return socket(destination);
    if (destination.kind == Kind::domain && options_.ask_dns)
        co_return co_await domain(destination);
    co_return co_await host(destination);
}

io::Task<Site> SiteLookup::domain(const Destination& destination) {
    dns::Answer answer = co_await resolver_.ask(destination.host, dns::Type::mx);
    std::vector<dns::Exchange> found = exchangers_in(answer);
    if (answer.state == State::found && is_null_mx(found))
        co_return unreachable(lookup_trouble(
            {5, 1, 0}, base::text("Domain ", destination.host, " does not accept mail (nullMX)")));
    if (answer.state == State::none || found.empty()) {
        if (answer.state == State::none || answer.state == State::found || options_.ignore_mx_error)
            co_return co_await host(destination);
        Errors errors;
        errors.add(answer.state, answer.reason);
        co_return unreachable(errors.worst());
    }
    Errors errors;
    Endpoints all = co_await exchangers(found, destination, errors);
    if (all.empty()) {
        base::log::warning(
            base::text("no MX host for ", destination.host, " has a valid address record"));
        co_return unreachable(errors.give_up(options_.defer_if_no_address));
    }
    co_return settle(std::move(all), destination, found.front().preference);
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

// Without ourselves, and arranged.
Site SiteLookup::settle(Endpoints all, const Destination& destination, uint16_t best_preference) {
    Site site;
    uint16_t best_found = all.front().preference;
    site.endpoints = std::move(all);
    site.ours = guards_loops(destination) && drop_from_ourselves(site.endpoints, options_.own);
    if (site.endpoints.empty() && best_preference != best_found)
        site.trouble = lookup_trouble(
            {4, 4, 4}, base::text("unable to find primary relay for ", destination.host));
    else if (site.endpoints.empty())
        site.trouble = loops_back({5, 4, 6}, destination.host);
    arrange(site.endpoints);
    for (Endpoint& each : site.endpoints)
        each.loop_guard = guards_loops(destination);
    return site;
}

io::Task<Site> SiteLookup::host(const Destination& destination) {
    Errors errors;
    Endpoints all = co_await addresses_of(destination.host, destination, errors);
    if (all.empty())
        co_return unreachable(errors.give_up(false));
    co_return settle(std::move(all), destination, 0);
}

io::Task<Endpoints> SiteLookup::addresses_of(const std::string& name,
                                             const Destination& destination, Errors& errors) {
    Endpoints endpoints;
    dns::Answer answer = co_await hosts_.addresses(name);
    for (const dns::Record& record : answer.records)
        if (const auto* found = std::get_if<dns::Address>(&record.data))
            if (std::optional<Endpoint> endpoint = endpoint_at(found->ip, name, destination))
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
    for (Endpoint& each : endpoints)
        each.best = each.preference == endpoints.front().preference;
}

}  // namespace smtp
