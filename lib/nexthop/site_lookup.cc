#include "lib/nexthop/site_lookup.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/dns/domain.h"
#include "lib/dns/many_hosts.h"
#include "lib/io/loop.h"

namespace nexthop {
namespace {

using State = dns::Answer::State;
using Source = Endpoint::Source;

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

std::vector<std::string> names_of(const std::vector<dns::Exchange>& exchangers) {
    std::vector<std::string> names;
    for (const dns::Exchange& each : exchangers)
        names.push_back(each.name);
    return names;
}

Site without_endpoint(Absence absence, bool dns_trouble = false) {
    Site site;
    site.absence = std::move(absence);
    site.dns_trouble = dns_trouble;
    return site;
}

std::optional<Endpoint> endpoint_at(const std::string& ip, const std::string& host, uint16_t port,
                                    Source source) {
    std::optional<io::SocketAddress> address = io::SocketAddress::inet(ip, port);
    if (!address)
        return std::nullopt;
    Endpoint endpoint;
    endpoint.host = host;
    endpoint.ip = address->ip();
    endpoint.address = *address;
    endpoint.source = source;
    return endpoint;
}

const Purpose plain;

}  // namespace

Absence loops_back(mail::Dsn dsn, std::string_view destination) {
    return {dsn, base::text("mail for ", destination, " loops back to myself")};
}

void SiteLookup::Search::note(std::string_view text) const {
    if (purpose.trace)
        purpose.trace->steps.push_back(LookupTrace::Decision{std::string(text)});
}

// The servers that are looked up next are named by the MX or SRV records in `answer`.
void SiteLookup::Search::named_in(const dns::Answer& answer) {
    named_by.domain = destination.host;
    named_by.domain_end = source == Source::mx ? answer.name : destination.host;
    named_by.domain_secure = answer.authentic;
    named_by.unanswered = named_by.unanswered && !answer.authentic;
}

void SiteLookup::Search::goes_on_without(const dns::Answer& answer) {
    bool said = answer.state == State::found || answer.state == State::none;
    named_by = Provenance();
    named_by.unanswered = !said || errors.in_trouble();
}

void SiteLookup::Search::asked(const std::string& name, std::string_view type,
                               const dns::Answer& answer) const {
    if (purpose.trace)
        purpose.trace->steps.push_back(LookupTrace::Question{name, std::string(type), answer});
}

void SiteLookup::Search::dropped(const Endpoints& before, const Endpoints& after,
                                 const std::string& why) const {
    if (purpose.trace)
        purpose.trace->dropped(before, after, why);
}

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
    endpoint.source = Source::socket;
    Site site;
    site.endpoints.push_back(std::move(endpoint));
    return site;
}

io::Task<Site> SiteLookup::look_up(const Destination& destination) {
    co_return co_await look_up(destination, plain);
}

io::Task<Site> SiteLookup::look_up(const Destination& destination, const Purpose& purpose) {
    using Kind = Destination::Kind;
    if (destination.kind == Kind::unusable)
        co_return without_endpoint({{4, 3, 5}, destination.defect});
    if (destination.kind == Kind::socket)
        co_return socket(destination);
    Search search{destination, purpose, {}, Source::name, {}};
    Site site = co_await find(search);
    remember(site, search);
    co_return site;
}

io::Task<Site> SiteLookup::find(Search& search) {
    ServiceName wanted = service_of(search);
    if (!wanted.name.empty())
        co_return co_await service(search, wanted);
    co_return co_await without_service(search);
}

io::Task<Site> SiteLookup::without_service(Search& search) {
    search.errors = LookupErrors();
    search.source = Source::name;
    if (search.destination.kind == Destination::Kind::domain && options_.ask_dns)
        co_return co_await domain(search);
    co_return co_await host(search);
}

io::Task<Site> SiteLookup::domain(Search& search) {
    const std::string& name = search.destination.host;
    dns::Answer answer = co_await resolver_.ask(name, dns::Type::mx);
    search.asked(name, "MX", answer);
    std::vector<dns::Exchange> found = exchangers_in(answer);
    if (answer.state == State::found && is_null_mx(found))
        co_return without_endpoint(
            {{5, 1, 0}, base::text("Domain ", name, " does not accept mail (nullMX)")});
    bool knows = answer.state == State::found || answer.state == State::none;
    if (found.empty() && !knows && !options_.ignore_mx_error && !options_.try_null_mx_list) {
        search.errors.add(answer.state, answer.reason);
        co_return without_endpoint(search.errors.worst(), search.errors.in_trouble());
    }
    if (found.empty()) {
        search.note(knows ? "there is no mail exchanger: goes to the host of that name"
                          : "the MX look-up failed: goes to the host of that name");
        search.source = !knows && !options_.ignore_mx_error ? Source::null_mx : Source::name;
        search.named_by.unanswered = search.named_by.unanswered || !knows;
        co_return co_await host(search);
    }
    search.source = Source::mx;
    search.named_in(answer);
    Endpoints all = co_await exchangers(found, search);
    if (all.empty()) {
        base::log::warning(base::text("no MX host for ", name, " has a valid address record"));
        co_return without_endpoint(search.errors.give_up(options_.defer_if_no_address),
                                   search.errors.in_trouble());
    }
    Site site = settle(std::move(all), search, found.front().preference);
    if (site.endpoints.empty() && site.ours && options_.try_null_mx_list)
        co_return co_await exchangers_are_us(search, site);
    arrange(site.endpoints, search);
    co_return site;
}

// smtp_try_null_mx_list, with ourselves as the best exchanger.
io::Task<Site> SiteLookup::exchangers_are_us(Search& search, const Site& loop) {
    search.note("smtp_try_null_mx_list: goes to the host of that name");
    search.source = Source::null_mx;
    Provenance named_by;
    named_by.unanswered = search.named_by.unanswered;
    search.named_by = named_by;
    Endpoints all = co_await addresses_of(search.destination.host, search.destination.port, search);
    if (all.empty())
        co_return loop;
    Site site = settle(std::move(all), search, 0);
    site.ours = true;
    arrange(site.endpoints, search);
    co_return site;
}

io::Task<Endpoints> SiteLookup::exchangers(const std::vector<dns::Exchange>& found,
                                           Search& search) {
    std::vector<dns::Answer> answers = co_await dns::addresses_of(hosts_, names_of(found));
    Endpoints all;
    for (size_t i = 0; i < found.size(); ++i) {
        if (found[i].name.empty())
            continue;
        Endpoints some = endpoints_in(answers[i], found[i].name, search.destination.port, search);
        for (Endpoint& each : some) {
            each.preference = found[i].preference;
            all.push_back(std::move(each));
        }
    }
    co_return all;
}

// Without ourselves; `all` are in order of preference.
Site SiteLookup::settle(Endpoints all, const Search& search, uint16_t best_preference) {
    const Destination& destination = search.destination;
    Site site;
    uint16_t best_found = all.front().preference;
    if (guards_loops(destination)) {
        Endpoints before = search.purpose.trace ? all : Endpoints();
        site.ours = drop_from_ourselves(all, options_.own);
        search.dropped(before, all, "it is this machine, or not preferred to it");
    }
    site.endpoints = std::move(all);
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

io::Task<Site> SiteLookup::host(Search& search) {
    if (search.destination.form == Destination::Form::literal)
        search.source = Source::literal;
    Endpoints all = co_await addresses_of(search.destination.host, search.destination.port, search);
    if (all.empty())
        co_return without_endpoint(search.errors.give_up(false), search.errors.in_trouble());
    Site site = settle(std::move(all), search, 0);
    arrange(site.endpoints, search);
    co_return site;
}

io::Task<Endpoints> SiteLookup::addresses_of(const std::string& name, uint16_t port,
                                             Search& search) {
    dns::Answer answer = co_await hosts_.addresses(name);
    co_return endpoints_in(answer, name, port, search);
}

Endpoints SiteLookup::endpoints_in(const dns::Answer& answer, const std::string& name,
                                   uint16_t port, Search& search) const {
    Endpoints endpoints;
    if (search.source != Source::literal)
        search.asked(name, "A and AAAA", answer);
    const std::string& called = options_.alias_names && !answer.name.empty() ? answer.name : name;
    for (const dns::Record& record : answer.records)
        if (const auto* found = std::get_if<dns::Address>(&record.data))
            if (std::optional<Endpoint> endpoint =
                    endpoint_at(found->ip, called, port, search.source))
                endpoints.push_back(std::move(*endpoint));
    if (options_.dnssec)
        for (Endpoint& each : endpoints) {
            each.provenance = search.named_by;
            each.provenance.host = dns::canonical(name);
            each.provenance.host_end = answer.name;
            each.provenance.host_secure = answer.authentic;
        }
    if (endpoints.empty())
        search.errors.add(answer.state, answer.reason);
    return endpoints;
}

void SiteLookup::arrange(Endpoints& endpoints, const Search& search) {
    bool by_weight = !endpoints.empty() && endpoints.front().source == Source::srv;
    if (options_.randomize && !by_weight)
        shuffle(endpoints, random_);
    if (!by_weight)
        put_in_order(endpoints, options_.preference);
    if (search.purpose.interleave)
        interleave_families(endpoints);
    if (!options_.balance || by_weight)
        return;
    Endpoints before = search.purpose.trace ? endpoints : Endpoints();
    balance_families(endpoints, options_.address_limit);
    search.dropped(before, endpoints, "smtp_mx_address_limit and smtp_balance_inet_protocols");
}

// Keeps what was found of a configured relay, or puts in what was kept.
void SiteLookup::remember(Site& site, const Search& search) {
    const Purpose& purpose = search.purpose;
    bool has_name = search.destination.form != Destination::Form::literal;
    if (!purpose.configured || purpose.stale_time.count() == 0 || !has_name)
        return;
    base::Instant now = io::loop().now();
    if (!site.endpoints.empty()) {
        if (site.endpoints.front().provenance.unanswered)
            return;
        memory_.keep(search.destination.text, site.endpoints, now);
        return;
    }
    if (!site.dns_trouble)
        return;
    site.endpoints = memory_.recall(search.destination.text, purpose.stale_time, now);
    if (site.endpoints.empty())
        return;
    search.note("DNS is in trouble: goes to the addresses that were known before");
    site.absence.reset();
}

}  // namespace nexthop
