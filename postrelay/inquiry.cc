#include "postrelay/inquiry.h"

#include <algorithm>
#include <memory>

#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/config/master_cf.h"
#include "lib/config/transports.h"
#include "lib/ipc/proxymap.h"
#include "lib/nexthop/dane.h"
#include "lib/nexthop/failover_policies.h"
#include "lib/nexthop/login_tables.h"
#include "lib/nexthop/name_service.h"
#include "postrelay/logins.h"

namespace postrelay {
namespace {

using health::Record;
using health::View;

// The -o options of the transport's line in master.cf.
config::Overrides overrides_of(const config::Settings& common, const std::string& transport) {
    config::MasterCf master_cf = config::MasterCf::of(common);
    for (const config::ServiceEntry& entry : master_cf.entries())
        if (entry.name == transport && entry.type == config::ServiceType::unix_stream)
            return entry.overrides;
    return {};
}

std::string label_of(const nexthop::Endpoint& endpoint) {
    if (!endpoint.address.is_inet())
        return endpoint.ip;
    return base::text('[', endpoint.host, "]:", endpoint.port(), '/', endpoint.ip);
}

// How good a place is: what is well goes before what is slow, and that before what is down.
unsigned rank_of(const std::optional<Record>& record, const health::Rules& rules) {
    if (!record)
        return 0;
    constexpr unsigned ranks[] = {0, 1, 2, 2};
    return ranks[static_cast<size_t>(record->look(base::steady_now(), rules).use())];
}

bool barred(const std::optional<Record>& record) {
    return record && record->look(base::steady_now()).barred();
}

class Inquiry {
  public:
    Inquiry(const config::Settings& settings, Known& known)
        : common_(settings),
          known_(known),
          proxy_(settings.text("queue_directory") + "/private/proxymap"),
          tables_(settings, known.running() ? &proxy_ : nullptr,
                  dict::Tables::NameService::in_place) {}

    io::Task<void> find_route(Findings& findings);
    io::Task<void> follow(Findings& findings);

  private:
    void find_session_settings(Findings& findings, const config::Settings& settings) const;
    io::Task<void> find_policy(Findings& findings, const config::Settings& settings);
    io::Task<void> find_hops(Findings& findings, const config::Settings& settings);
    io::Task<void> find_tls(Findings& findings, const config::Settings& settings);
    void add_hops(Findings& findings, const nexthop::Options& options) const;
    void arrange(Findings& findings) const;
    std::vector<size_t> relays_in_order(const Findings& findings) const;
    std::optional<Record> record_of(const std::string& label) const;

    const config::Settings& common_;
    Known& known_;
    ipc::ProxyClient proxy_;
    dict::Tables tables_;
};

io::Task<void> Inquiry::find_route(Findings& findings) {
    route::Trace trace;
    route::Router router(common_, tables_, &trace);
    trace.clear();
    route::Routed routed = co_await router.route(findings.sender, findings.recipient);
    findings.routed = std::move(routed);
    findings.asked = trace.asked();
}

void Inquiry::find_session_settings(Findings& findings, const config::Settings& settings) const {
    for (const char* suffix :
         {"_tls_security_level", "_tls_policy_maps", "_sasl_auth_enable", "_sasl_password_maps"}) {
        std::string name = findings.command + suffix;
        std::optional<config::Parameter> row = config::find_parameter(name);
        if (!row)
            continue;
        std::string value = settings.value(name);
        if (name.ends_with("_sasl_password_maps"))
            value = nexthop::login_table_names(value);
        findings.session.push_back(
            {name, value, settings.where(name), row->state == config::State::works});
    }
}

io::Task<void> Inquiry::find_policy(Findings& findings, const config::Settings& settings) {
    const route::Route& way = *findings.routed.route;
    route::Trace trace;
    dict::Maps maps = trace.listen(tables_, settings, "failover_policy_maps", {true, false});
    nexthop::FailoverPolicies policies(nexthop::FailoverSettings::from(settings, way.transport),
                                       maps);
    nexthop::FailoverSettings found = co_await policies.of(way.nexthop);
    findings.failover = std::move(found);
    findings.policy_asked = trace.asked();
    std::string own = way.transport + "_failover_policy";
    std::string name = settings.is_set(own) ? own : "failover_policy";
    findings.policy_where = base::text(name, ", ", settings.where(name));
    for (const route::Trace::Asked& asked : findings.policy_asked)
        if (asked.answer.found() && asked.answer.value.find("policy") != std::string::npos)
            findings.policy_where = base::text("failover_policy_maps, ", asked.table);
}

void Inquiry::add_hops(Findings& findings, const nexthop::Options& options) const {
    const route::Route& way = *findings.routed.route;
    std::vector<nexthop::Destination> list =
        nexthop::parse_destinations(way.nexthop, options.rules);
    for (nexthop::Destination& each :
         nexthop::parse_destinations(options.fallback_relay, options.rules)) {
        each.fallback = true;
        list.push_back(std::move(each));
    }
    auto groups = nexthop::priority_groups(list, findings.failover.policy);
    findings.hops.resize(list.size());
    for (size_t group = 0; group < groups.size(); ++group)
        for (size_t index : groups[group])
            findings.hops[index].group = group;
    for (size_t i = 0; i < list.size(); ++i) {
        std::string key = base::text(way.transport, ':', list[i].text);
        findings.hops[i].health = known_.table().find(health::Scope::nexthop, key);
        findings.hops[i].relay = std::move(list[i]);
    }
}

io::Task<void> Inquiry::find_hops(Findings& findings, const config::Settings& settings) {
    const route::Route& way = *findings.routed.route;
    config::OwnSettings own(settings, findings.command);
    nexthop::Options options = nexthop::Options::from(own, way.transport);
    nexthop::NameService names(own, options.lookup);
    add_hops(findings, options);
    bool ours = false;
    for (Hop& hop : findings.hops) {
        nexthop::Purpose purpose;
        purpose.configured = way.configured() || hop.relay.fallback;
        purpose.interleave = findings.failover.health;
        purpose.stale_time = findings.failover.stale_address_time;
        purpose.trace = &hop.trace;
        if (ours && hop.relay.fallback) {
            hop.trace.steps.push_back(nexthop::LookupTrace::Decision{
                "not asked: this machine is an exchanger of the domain itself"});
            continue;
        }
        nexthop::Site site = co_await names.sites().look_up(hop.relay, purpose);
        hop.site = std::move(site);
        ours = ours || hop.site.ours;
    }
}

// By the code that smtp uses.
io::Task<void> Inquiry::find_tls(Findings& findings, const config::Settings& settings) {
    const route::Route& way = *findings.routed.route;
    config::OwnSettings own(settings, findings.command);
    nexthop::TlsPolicies policies = nexthop::TlsPolicies::of(own, tables_);
    if (policies.none())
        co_return;
    nexthop::Options options = nexthop::Options::from(own, way.transport);
    nexthop::NameService names(own, options.lookup);
    nexthop::Dane dane(nexthop::DaneSettings::from(own, options.lookup), names.resolver(),
                       [digests = settings.list("tls_dane_digests")](const tls::Tlsa& record) {
                           return tls::usable_record(record, digests);
                       });
    for (Place& place : findings.order) {
        PlaceTls& tls = place.tls.emplace();
        nexthop::Visit visit(way.nexthop, findings.sender, findings.hops[place.hop].relay,
                             place.endpoint);
        visit.trace = &tls.asked;
        nexthop::FoundTlsPolicy found = co_await policies.find(visit);
        tls.found = std::move(found);
        if (!tls.found.trouble.empty() || !nexthop::asks_for_tlsa(tls.found.policy.level))
            continue;
        nexthop::FoundTlsPolicy applied = co_await dane.apply(tls.found, visit);
        tls.found = std::move(applied);
    }
}

std::optional<Record> Inquiry::record_of(const std::string& label) const {
    std::optional<Record> worst;
    for (const Record& record : known_.table().all()) {
        View view = record.look(base::steady_now(), known_.rules());
        bool same = view.scope == health::Scope::endpoint && record.label() == label;
        if (same && (!worst || rank_of(record, known_.rules()) > rank_of(worst, known_.rules())))
            worst = record;
    }
    return worst;
}

// The relays as the policy has them, one priority behind the other.
std::vector<size_t> Inquiry::relays_in_order(const Findings& findings) const {
    std::vector<nexthop::Destination> list;
    for (const Hop& hop : findings.hops)
        list.push_back(hop.relay);
    nexthop::PolicyMemory memory;
    nexthop::Random random(static_cast<unsigned>(base::random_number()));
    std::vector<size_t> order;
    for (const auto& group : nexthop::priority_groups(list, findings.failover.policy)) {
        nexthop::Choice choice;
        for (size_t index : group)
            choice.contenders.push_back(&list[index]);
        choice.sender = findings.sender;
        choice.in_flight = [](size_t) { return 0u; };
        // What changes from message to message is shown as it is written.
        auto policy = findings.order_varies ? nexthop::Policy::failover : findings.failover.policy;
        for (size_t place : nexthop::order_by(policy, choice, memory, random))
            order.push_back(group[place]);
    }
    return order;
}

void Inquiry::arrange(Findings& findings) const {
    using nexthop::Policy;
    Policy policy = findings.failover.policy;
    findings.order_varies =
        findings.hops.size() > 1 && policy != Policy::failover && policy != Policy::hash_sender;
    for (size_t index : relays_in_order(findings)) {
        const Hop& hop = findings.hops[index];
        for (const nexthop::Endpoint& endpoint : hop.site.endpoints) {
            Place place{index, endpoint, label_of(endpoint), record_of(label_of(endpoint)), {}, {}};
            bool out = barred(place.health) || barred(hop.health);
            (out ? findings.barred : findings.order).push_back(std::move(place));
        }
    }
    if (!findings.failover.health)
        return;
    std::ranges::stable_sort(findings.order, {}, [&](const Place& place) {
        return std::pair(
            rank_of(place.health, known_.rules()) == 2 ? 1 : 0,
            std::pair(findings.hops[place.hop].group, rank_of(place.health, known_.rules())));
    });
}

io::Task<void> Inquiry::follow(Findings& findings) {
    const route::Route& way = *findings.routed.route;
    config::Transports transports = config::Transports::of(common_);
    findings.command = transports.command(way.transport);
    findings.speaks_smtp = transports.speaks_smtp(way.transport);
    if (!findings.speaks_smtp)
        co_return;
    std::optional<config::Settings> settings;
    try {
        // What a process of the transport reads.
        findings.overrides = overrides_of(common_, way.transport);
        settings =
            config::Settings::from(common_.main_cf(), common_.directory(), findings.overrides);
    } catch (const config::Error& error) {
        findings.trouble = error.what();
    }
    if (!settings)
        co_return;
    co_await find_policy(findings, *settings);
    co_await find_hops(findings, *settings);
    arrange(findings);
    co_await find_tls(findings, *settings);
    config::OwnSettings own(*settings, findings.command);
    co_await find_logins(findings, own, tables_);
    find_session_settings(findings, *settings);
}

}  // namespace

io::Task<Findings> inquire(std::string sender, std::string recipient,
                           const config::Settings& settings, Known& known) {
    Findings findings;
    findings.sender = std::move(sender);
    findings.recipient = std::move(recipient);
    Inquiry inquiry(settings, known);
    co_await inquiry.find_route(findings);
    if (findings.routed.route)
        co_await inquiry.follow(findings);
    co_return findings;
}

}  // namespace postrelay
