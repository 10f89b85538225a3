// drain, down, up, reset and probe: what an administrator says of relays, or wants to know of them.
#include <algorithm>
#include <set>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/transports.h"
#include "lib/ipc/authorized.h"
#include "postrelay/known.h"
#include "postrelay/output.h"
#include "postrelay/probing.h"
#include "postrelay/rows.h"
#include "postrelay/verbs.h"

namespace postrelay {
namespace {

using health::Record;

// Into the mail log, where the processes' own lines are, and not on standard error.
void log_quietly(const health::Transition& transition) {
    base::log::Options loud = base::log::options();
    base::log::Options quiet = loud;
    quiet.to_stderr = false;
    base::log::open(quiet);
    base::log::info(health::log_line(transition));
    base::log::drain(base::log::last_words);
    base::log::open(loud);
}

// The places where an order on `name` is kept: all addresses that are known, and the relay itself
// as each transport calls it, for addresses that come later.
std::vector<Record> places_of(const std::string& name, Known& known,
                              const config::Settings& settings) {
    std::set<std::string> services;
    for (const Record& record : known.records({name}))
        services.insert(record.names().service);
    services.erase("");
    if (services.empty())
        for (const std::string& transport : config::Transports::of(settings).speaking_smtp())
            services.insert(transport);
    bool label = name.find('/') != name.npos;
    for (const std::string& service : services)
        if (!label)
            known.table().record(
                {health::Scope::nexthop, base::text(service, ":", name), name, service, true},
                base::steady_now());
    std::vector<Record> places;
    for (const Record& record : known.records({name}))
        if (!is_of_login(record.look(base::steady_now()).scope, record.names()))
            places.push_back(record);
    return places;
}

std::optional<health::Transition> say(Verb verb, const Record& record, const Request& request,
                                      const std::string& who, base::Instant now) {
    struct Row {
        Verb verb;
        health::Admin admin;
    };
    constexpr Row rows[] = {{Verb::drain, health::Admin::drain},
                            {Verb::down, health::Admin::down},
                            {Verb::up, health::Admin::up}};
    auto row = std::ranges::find(rows, verb, &Row::verb);
    if (row == std::end(rows))
        return record.reset(who, now);
    base::Instant until = request.time ? now + *request.time : base::never;
    return record.set_admin(row->admin, who, request.text, until, now);
}

void print(const std::vector<Record>& records, const Known& known, bool json) {
    health::Moment at = health::this_moment();
    if (!json)
        return put(table_of(records, known.rules(), at));
    for (const Record& record : records)
        put(json_of(record, known.rules(), at).line());
}

}  // namespace

int order(const Request& request, const config::Settings& settings) {
    Known known(settings);
    std::string who = ipc::login_name();
    bool forgets = request.verb == Verb::reset;
    std::vector<Record> touched;
    for (const std::string& name : request.names) {
        std::vector<Record> places = known.records({name});
        if (places.empty() && !forgets)
            base::log::warning(base::text(name,
                                          ": nothing is known of it yet; the order holds for ",
                                          "a relay that is written just so"));
        if (!forgets)
            places = places_of(name, known, settings);
        if (places.empty())
            base::log::error(base::text(name, ": nothing is known of it"));
        std::set<std::string> logged;  // a relay that several transports use is one
        for (const Record& record : places) {
            auto transition = say(request.verb, record, request, who, base::steady_now());
            if (transition && logged.insert(health::log_line(*transition)).second)
                log_quietly(*transition);
        }
        touched.insert(touched.end(), places.begin(), places.end());
    }
    known.keep();
    print(touched, known, request.json);
    return touched.empty() ? nothing_found : 0;
}

int probe(const Request& request, const config::Settings& settings) {
    Known known(settings);
    if (!known.running()) {
        base::log::error("the mail system is down: nobody is there to probe");
        return nothing_found;
    }
    std::vector<Record> asked;
    for (const Record& record : known.records(request.names))
        if (record.look(base::steady_now()).scope == health::Scope::endpoint)
            asked.push_back(record);
    if (asked.empty()) {
        base::log::error("no address of that relay is known: no mail went there yet");
        return nothing_found;
    }
    int status = 0;
    for (const ProbeAnswer& answer : probe_all(asked, request.time.value_or(probe_patience))) {
        health::Moment at = health::this_moment();
        std::string state = state_of(answer.record.look(at.now, known.rules()));
        if (request.json)
            put(json_of(answer.record, known.rules(), at).string("probe", answer.result).line());
        else
            put(base::text(base::printable(answer.record.label()), ": ", answer.result, ", ", state,
                           "\n"));
        status = answer.well ? status : nothing_found;
    }
    return status;
}

}  // namespace postrelay
