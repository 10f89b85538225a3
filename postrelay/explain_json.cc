// Findings as one object for programs.
#include "lib/base/text.h"
#include "postrelay/explain.h"
#include "postrelay/logins.h"
#include "postrelay/rows.h"
#include "postrelay/tls_lines.h"

namespace postrelay {

using base::Json;

namespace {

Json question(const route::Trace::Asked& asked) {
    Json json;
    json.string("parameter", asked.parameter);
    if (!asked.table.empty())
        json.string("table", asked.table);
    if (!asked.key.empty())
        json.string("key", asked.key);
    json.string("answer", asked.answer.found() ? "found" : asked.answer.none() ? "none" : "retry");
    if (!asked.answer.none())
        json.string("value", asked.answer.value);
    return json;
}

std::vector<Json> questions(const std::vector<route::Trace::Asked>& asked) {
    std::vector<Json> list;
    for (const route::Trace::Asked& each : asked)
        list.push_back(question(each));
    return list;
}

Json step(const nexthop::LookupTrace::Question& asked) {
    std::vector<std::string> records;
    for (const dns::Record& record : asked.answer.records)
        records.push_back(nexthop::text_of(record));
    Json json;
    json.string("ask", asked.name).string("type", asked.type).texts("records", records);
    if (records.empty())
        json.string("reason", asked.answer.reason);
    return json;
}
Json step(const nexthop::LookupTrace::Dropped& dropped) {
    Json json;
    json.string("left_out", dropped.endpoint.host).string("ip", dropped.endpoint.ip);
    json.string("why", dropped.why);
    return json;
}
Json step(const nexthop::LookupTrace::Decision& decision) {
    Json json;
    json.string("decision", decision.text);
    return json;
}

Json relay(const Hop& hop) {
    Json json;
    json.string("relay", hop.relay.text).string("form", name_of(hop.relay.form));
    json.integer("group", static_cast<int64_t>(hop.group)).integer("weight", hop.relay.weight);
    json.boolean("fallback", hop.relay.fallback);
    std::vector<Json> steps;
    for (const auto& each : hop.trace.steps)
        steps.push_back(std::visit([](const auto& one) { return step(one); }, each));
    json.objects("lookup", steps);
    if (hop.site.absence)
        json.string("no_address", hop.site.absence->reason);
    return json;
}

std::vector<Json> places(const std::vector<Place>& from, const Known& known) {
    std::vector<Json> list;
    for (const Place& place : from) {
        Json json;
        json.string("label", place.label).string("host", place.endpoint.host);
        json.string("ip", place.endpoint.ip).integer("port", place.endpoint.port());
        json.string("source", name_of(place.endpoint.source));
        json.integer("relay", static_cast<int64_t>(place.hop));
        if (place.health)
            json.object("health", json_of(*place.health, known.rules(), health::this_moment()));
        if (place.tls)
            json.object("tls", tls_json(*place.tls));
        if (place.login)
            json.object("login", login_json(*place.login));
        list.push_back(std::move(json));
    }
    return list;
}

void add_delivery(Json& json, const Findings& findings, const Known& known) {
    json.string("policy", name_of(findings.failover.policy));
    json.string("policy_from", findings.policy_where);
    json.objects("policy_asked", questions(findings.policy_asked));
    std::vector<Json> relays;
    for (const Hop& hop : findings.hops)
        relays.push_back(relay(hop));
    json.objects("relays", relays);
    std::vector<Json> settings;
    for (const Findings::Setting& setting : findings.session) {
        Json one;
        one.string("parameter", setting.name).boolean("built", setting.built);
        one.string("value", setting.value).string("where", setting.where);
        settings.push_back(std::move(one));
    }
    json.objects("session", settings);
    json.boolean("order_varies", findings.order_varies);
    json.objects("order", places(findings.order, known));
    json.objects("barred", places(findings.barred, known));
    std::vector<Json> probes;
    for (size_t i = 0; i < findings.contacts.size(); ++i) {
        Json one;
        one.string("label", findings.order[i].label).add(findings.contacts[i].json);
        probes.push_back(std::move(one));
    }
    if (!probes.empty())
        json.objects("probes", probes);
}

}  // namespace

Json json_of(const Findings& findings, const Known& known) {
    Json json;
    json.string("recipient", findings.recipient).string("sender", findings.sender);
    json.objects("asked", questions(findings.asked));
    if (!findings.routed.route) {
        json.string("status", findings.routed.unroutable.dsn.text());
        json.string("reason", findings.routed.unroutable.reason);
        return json;
    }
    const route::Route& way = *findings.routed.route;
    json.string("class", name_of(way.address_class)).string("routed_as", way.recipient);
    json.string("transport", way.transport).string("command", findings.command);
    json.string("nexthop", way.nexthop);
    json.string("nexthop_from", way.configured() ? way.set_by : "domain");
    if (!findings.trouble.empty())
        json.string("trouble", findings.trouble);
    else if (findings.speaks_smtp)
        add_delivery(json, findings, known);
    return json;
}

}  // namespace postrelay
