#include "smtp/survey.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "lib/base/text.h"
#include "lib/io/scope.h"
#include "smtp/verdict.h"

namespace smtp {
namespace {

double seconds(base::Duration time) {
    return std::chrono::duration<double>(time).count();
}

// "[r1.example]:587/192.0.2.1": a host and one of its addresses.
std::optional<nexthop::Endpoint> labelled(std::string_view place, const Options& options) {
    size_t slash = place.rfind('/');
    if (slash == std::string_view::npos || !io::SocketAddress::inet(place.substr(slash + 1), 0))
        return std::nullopt;
    std::vector<nexthop::Destination> hosts =
        nexthop::parse_destinations(place.substr(0, slash), options.nexthop.rules);
    if (hosts.size() != 1 || hosts[0].kind == nexthop::Destination::Kind::unusable ||
        hosts[0].kind == nexthop::Destination::Kind::socket)
        return std::nullopt;
    nexthop::Endpoint endpoint;
    endpoint.host = hosts[0].host;
    endpoint.ip = place.substr(slash + 1);
    endpoint.address = *io::SocketAddress::inet(endpoint.ip, hosts[0].port);
    endpoint.loop_guard = options.nexthop.lookup.guard_loops && hosts[0].port == 25;
    return endpoint;
}

void add_trouble(base::Json& json, const Trouble& trouble) {
    json.string("status", trouble.dsn.text()).string("text", trouble.reason);
    if (!trouble.diagnostic.empty())
        json.string("said", trouble.diagnostic);
}

void add_step(base::Json& json, const std::string& name, std::optional<base::Duration> time) {
    if (time)
        json.real(name + "_seconds", seconds(*time));
}

base::Json json_of(const Probed& probed) {
    const auto& trouble = probed.trouble;
    base::Json json;
    // What is wrong on our side of it, as mail that would loop, has no row in the taxonomy.
    bool nameless = trouble && trouble->cause == health::Reason::none;
    json.string("result", !trouble   ? "ok"
                          : nameless ? "not_usable"
                                     : health::row_of(trouble->cause).name);
    json.boolean("connected", probed.connecting.has_value());
    json.boolean("greeted", probed.greeting.has_value());
    json.boolean("ehlo", probed.introduction.has_value());
    add_step(json, "connect", probed.connecting);
    add_step(json, "greeting", probed.greeting);
    add_step(json, "ehlo", probed.introduction);
    if (!probed.greeted.empty())
        json.string("greeting", probed.greeted);
    if (probed.introduction)
        json.string("protocol", probed.protocol).texts("extensions", probed.extensions);
    if (trouble)
        add_trouble(json, *trouble);
    return json;
}

}  // namespace

// An address to ask, or why there is none; and what came of it.
struct Survey::Question {
    std::optional<nexthop::Endpoint> endpoint;
    Probed probed;
};

io::Task<std::vector<Survey::Question>> Survey::questions(std::string place) {
    std::vector<Question> all;
    if (std::optional<nexthop::Endpoint> endpoint = labelled(place, options_)) {
        all.emplace_back().endpoint = std::move(endpoint);
        co_return all;
    }
    std::vector<nexthop::Destination> destinations =
        nexthop::parse_destinations(place, options_.nexthop.rules);
    nexthop::Purpose purpose;
    purpose.configured = true;
    purpose.interleave = options_.failover->health;
    for (size_t i = 0; i < destinations.size(); ++i) {
        nexthop::Site site = co_await sites_.look_up(destinations[i], purpose);
        for (nexthop::Endpoint& endpoint : site.endpoints)
            all.emplace_back().endpoint = std::move(endpoint);
        if (!site.absence)
            continue;
        Trouble trouble = lookup_trouble(site.absence->dsn, site.absence->reason);
        trouble.cause = cause_of(*site.absence);
        all.emplace_back().probed.trouble = std::move(trouble);
    }
    co_return all;
}

io::Task<void> Survey::ask_one(Question& question) {
    try {
        Probed probed = co_await ask(dialer_, *question.endpoint, options_);
        question.probed = std::move(probed);
    } catch (const std::runtime_error& error) {
        question.probed.trouble = local_trouble(error.what());
    }
}

io::Task<std::vector<base::Json>> Survey::ask_at(std::string place) {
    std::vector<Question> all = co_await questions(place);
    io::Scope at_once;
    for (Question& question : all)
        if (question.endpoint)
            at_once.spawn(ask_one(question));
    std::exception_ptr error;
    try {
        co_await at_once.join();
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        at_once.cancel();
        co_await at_once.join();
        std::rethrow_exception(error);
    }
    std::vector<base::Json> answers;
    for (const Question& question : all) {
        base::Json json;
        json.string("place", place);
        if (question.endpoint) {
            json.string("name", question.endpoint->host).string("address", question.endpoint->ip);
            if (question.endpoint->address.is_inet())
                json.integer("port", question.endpoint->port());
        }
        json.add(json_of(question.probed));
        answers.push_back(std::move(json));
    }
    co_return answers;
}

}  // namespace smtp
