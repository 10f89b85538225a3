// explain: where mail for a recipient would go, and why.
#include "postrelay/explain.h"

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "postrelay/output.h"
#include "postrelay/verbs.h"

namespace postrelay {
namespace {

io::Task<void> connect_to_places(Findings& findings, const config::Settings& settings) {
    std::vector<std::string> places;
    for (const Place& place : findings.order) {
        base::Json json;
        json.string("place",
                    place.endpoint.address.is_inet() ? place.label : "unix:" + place.label);
        json.string("element", findings.hops[place.hop].relay.text);
        json.string("nexthop", findings.routed.route->nexthop);
        json.string("sender", findings.sender);
        places.push_back(std::string(base::trim(json.line())));
    }
    Client client;
    client.program = base::text(settings.text("daemon_directory"), "/", findings.command);
    client.service = findings.routed.route->transport;
    client.directory = settings.directory();
    client.overrides = findings.overrides;
    std::vector<Contact> contacts = co_await ask_at(client, std::move(places));
    findings.contacts = std::move(contacts);
}

io::Task<void> run(const Request& request, const config::Settings& settings, Known& known,
                   bool& routed) {
    Findings findings = co_await inquire(request.sender, request.names[0], settings, known);
    routed = findings.routed.route.has_value();
    if (request.connect && !findings.order.empty())
        co_await connect_to_places(findings, settings);
    if (request.json)
        put(json_of(findings, known).line());
    else
        put(text_of(findings, known));
}

}  // namespace

int explain(const Request& request, const config::Settings& settings) {
    Known known(settings);
    io::Loop loop;
    bool routed = false;
    io::run_task(run(request, settings, known, routed));
    return routed ? 0 : nothing_found;
}

}  // namespace postrelay
