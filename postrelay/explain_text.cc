// Findings as lines for people.
#include <algorithm>

#include "lib/base/text.h"
#include "postrelay/explain.h"
#include "postrelay/logins.h"
#include "postrelay/rows.h"
#include "postrelay/tls_lines.h"

namespace postrelay {
namespace {

using route::Trace;

void head(std::string& out, std::string_view name, std::string_view value) {
    std::string title = base::text(name, ":");
    title.resize(std::max<size_t>(title.size() + 1, 14), ' ');
    base::append(out, title, base::printable(value), '\n');
}

void asked(std::string& out, const std::vector<Trace::Asked>& questions) {
    for (const Trace::Asked& each : questions) {
        std::string of = each.table.empty() ? "" : base::text(" ", each.table);
        std::string key = each.key.empty() ? "" : base::text(" \"", each.key, '"');
        base::append(
            out, "  ",
            base::printable(base::text(each.parameter, of, key, ": ", answer_text(each.answer))),
            '\n');
    }
}

std::string step_text(const nexthop::LookupTrace::Question& question) {
    std::string text = base::text(question.type, " ", question.name, ": ");
    if (question.answer.records.empty())
        return text + (question.answer.reason.empty() ? "nothing" : question.answer.reason);
    std::string_view separator;
    for (const dns::Record& record : question.answer.records) {
        base::append(text, separator, nexthop::text_of(record));
        separator = ", ";
    }
    return text;
}
std::string step_text(const nexthop::LookupTrace::Dropped& dropped) {
    return base::text("left out: ", dropped.endpoint.host, " ", dropped.endpoint.ip, ": ",
                      dropped.why);
}
std::string step_text(const nexthop::LookupTrace::Decision& decision) {
    return decision.text;
}

void relays(std::string& out, const Findings& findings, const Known& known) {
    for (size_t i = 0; i < findings.hops.size(); ++i) {
        const Hop& hop = findings.hops[i];
        std::string text = base::text(hop.relay.text, " (", name_of(hop.relay.form));
        if (hop.relay.fallback)
            text += ", fallback relay";
        if (hop.relay.priority)
            base::append(text, ", priority ", *hop.relay.priority);
        if (hop.relay.weight != 1)
            base::append(text, ", weight ", hop.relay.weight);
        head(out, base::text("relay ", i + 1), text + ")");
        for (const auto& step : hop.trace.steps)
            base::append(
                out, "  ",
                base::printable(std::visit([](const auto& each) { return step_text(each); }, step)),
                '\n');
        if (hop.site.absence)
            base::append(out, "  no address: ", base::printable(hop.site.absence->reason), '\n');
        if (hop.health)
            base::append(out, "  by name: ", health_text(hop.health, known), '\n');
    }
}

std::string session_of(const Place& place) {
    std::string out;
    if (place.tls) {
        base::append(out, "     TLS: ", base::printable(tls_text(*place.tls)), '\n');
        for (const std::string& line : tlsa_lines(*place.tls))
            base::append(out, "     ", base::printable(line), '\n');
    }
    if (place.login)
        base::append(out, "     login: ", base::printable(login_text(*place.login)), '\n');
    return out;
}

void places(std::string& out, const Findings& findings, const Known& known) {
    base::append(out, "order", findings.order_varies ? " (changes from message to message)" : "",
                 ":\n");
    for (size_t i = 0; i < findings.order.size(); ++i)
        base::append(out, "  ", i + 1, ". ", base::printable(findings.order[i].label), "  ",
                     name_of(findings.order[i].endpoint.source), "; ",
                     findings.failover.health ? health_text(findings.order[i].health, known)
                                              : "health is not looked at (failover_health = no)",
                     '\n', session_of(findings.order[i]));
    for (const Place& place : findings.barred) {
        const std::optional<health::Record>& by_name = findings.hops[place.hop].health;
        bool itself = place.health && place.health->look(base::steady_now()).barred();
        base::append(out, "  never: ", base::printable(place.label), "  ",
                     health_text(itself ? place.health : by_name, known), '\n');
    }
    if (findings.order.empty())
        base::append(out, "  nobody: the mail waits",
                     findings.routed.route->configured() ? "" : ", or comes back", '\n');
}

void delivery(std::string& out, const Findings& findings, const Known& known) {
    std::string text(name_of(findings.failover.policy));
    if (findings.hops.size() == 1)
        text += " (there is one relay only)";
    head(out, "policy", base::text(text, " (", findings.policy_where, ")"));
    asked(out, findings.policy_asked);
    relays(out, findings, known);
    for (const Findings::Setting& setting : findings.session)
        head(out, setting.name,
             !setting.built          ? "not built yet"
             : setting.value.empty() ? base::text("(empty) (", setting.where, ")")
                                     : base::text(setting.value, " (", setting.where, ")"));
    places(out, findings, known);
    for (size_t i = 0; i < findings.contacts.size(); ++i) {
        head(out, "probe", base::text(findings.order[i].label, ": ", findings.contacts[i].text()));
        for (const std::string& line : session_lines(findings.contacts[i].json))
            base::append(out, "  ", base::printable(line), '\n');
    }
}

}  // namespace

std::string_view name_of(route::Class address_class) {
    constexpr std::string_view names[] = {"local", "virtual alias", "virtual mailbox", "relay",
                                          "other"};
    return names[static_cast<size_t>(address_class)];
}

std::string answer_text(const dict::Lookup& answer) {
    if (answer.retry())
        return base::text("no answer: ", answer.value);
    return answer.none() ? "no" : base::text('"', answer.value, '"');
}

std::string health_text(const std::optional<health::Record>& record, const Known& known) {
    if (!record)
        return "CLOSED";
    base::Instant now = base::steady_now();
    health::View view = record->look(now, known.rules());
    std::string text = state_of(view);
    if (view.admin != health::Admin::none) {
        health::Names names = record->names();
        base::append(text, " by ", names.who, names.text.empty() ? "" : ": ", names.text);
    } else if (view.state != health::State::closed || view.suspect()) {
        base::append(text, ", ", health::row_of(view.reason).name);
    }
    if (view.state != health::State::closed && view.until > now)
        base::append(text, ", again in ", health::short_time(view.until - now));
    return base::printable(text);
}

std::string text_of(const Findings& findings, const Known& known) {
    std::string out;
    head(out, "recipient", findings.recipient);
    head(out, "sender", findings.sender.empty() ? "<>" : findings.sender);
    out += "asked:\n";
    asked(out, findings.asked);
    if (!findings.routed.route) {
        head(out, "no route",
             findings.routed.unroutable.dsn.text() + " " + findings.routed.unroutable.reason);
        return out;
    }
    const route::Route& way = *findings.routed.route;
    head(out, "class", name_of(way.address_class));
    head(out, "routed as", way.recipient);
    head(out, "transport",
         base::text(way.transport, " (",
                    findings.command.empty() ? "not in master.cf: mail waits" : findings.command,
                    ")"));
    head(out, "next hop",
         base::text(way.nexthop, " (", way.configured() ? way.set_by : "the recipient's domain",
                    ")"));
    if (!findings.trouble.empty())
        head(out, "trouble", findings.trouble);
    else if (findings.speaks_smtp)
        delivery(out, findings, known);
    return out;
}

}  // namespace postrelay
