#include <algorithm>

#include "lib/base/text.h"
#include "lib/dns/many_hosts.h"
#include "lib/dns/srv_order.h"
#include "lib/nexthop/site_lookup.h"

namespace nexthop {
namespace {

using State = dns::Answer::State;

std::vector<dns::Service> services_in(const dns::Answer& answer) {
    std::vector<dns::Service> found;
    for (const dns::Record& record : answer.records)
        if (const auto* service = std::get_if<dns::Service>(&record.data))
            found.push_back(*service);
    return found;
}

std::vector<std::string> names_of(const std::vector<dns::Service>& services) {
    std::vector<std::string> names;
    for (const dns::Service& each : services)
        names.push_back(each.name);
    return names;
}

// RFC 2782: the root as the only target says that there is no such service.
bool is_no_service(const std::vector<dns::Service>& services) {
    return services.size() == 1 && services.front().name.empty();
}

}  // namespace

SiteLookup::ServiceName SiteLookup::service_of(const Search& search) const {
    const Destination& destination = search.destination;
    if (!options_.ask_dns)
        return {};
    if (options_.srv_services.contains(destination.service))
        return {destination.service, false};
    // RFC 6186.
    bool may_have = options_.srv_of_relays && search.purpose.configured &&
                    destination.form == Destination::Form::bare && !destination.names_port;
    return may_have ? ServiceName{"submission", true} : ServiceName();
}

bool SiteLookup::goes_on_without(const ServiceName& wanted, State srv,
                                 const LookupErrors& errors) const {
    bool failed = srv != State::none && srv != State::found;
    return options_.allow_srv_fallback || (failed && options_.ignore_srv_error) ||
           (wanted.optional && !errors.in_trouble());
}

// RFC 2782: "_submission._tcp.example.org".
io::Task<Site> SiteLookup::service(Search& search, const ServiceName& wanted) {
    std::string name = base::text("_", wanted.name, "._tcp.", search.destination.host);
    dns::Answer answer = co_await resolver_.ask(name, dns::Type::srv);
    search.asked(name, "SRV", answer);
    std::vector<dns::Service> found = services_in(answer);
    LookupErrors& errors = search.errors;
    if (answer.state != State::found || found.empty())
        errors.add(answer.state == State::found ? State::none : answer.state, answer.reason);
    else if (is_no_service(found))
        errors.add_refusal(base::text("Service ", name, " does not support SRV requests"));
    found = dns::in_srv_order(std::move(found), random_);
    search.source = Endpoint::Source::srv;
    search.named_in(answer);
    Endpoints all = co_await servers(found, search);
    if (all.empty() && goes_on_without(wanted, answer.state, errors)) {
        search.note("there is no server of that service: goes on without it");
        search.goes_on_without(answer);
        co_return co_await without_service(search);
    }
    if (all.empty()) {
        Site none;
        none.absence = errors.give_up(false);
        none.dns_trouble = errors.in_trouble();
        co_return none;
    }
    uint16_t best = all.front().preference;
    Site site = settle(std::move(all), search, best);
    arrange(site.endpoints, search);
    co_return site;
}

io::Task<Endpoints> SiteLookup::servers(const std::vector<dns::Service>& found, Search& search) {
    std::vector<dns::Answer> answers = co_await dns::addresses_of(hosts_, names_of(found));
    Endpoints all;
    for (size_t i = 0; i < found.size(); ++i) {
        const dns::Service& each = found[i];
        if (each.name.empty())
            continue;
        Endpoints some = endpoints_in(answers[i], each.name, each.port, search);
        for (Endpoint& endpoint : some) {
            endpoint.preference = each.priority;
            all.push_back(std::move(endpoint));
        }
    }
    co_return all;
}

}  // namespace nexthop
