#include "smtp/survey.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "lib/base/text.h"
#include "lib/io/scope.h"
#include "smtp/tls_report.h"
#include "smtp/verdict.h"

namespace smtp {
namespace {

double seconds(base::Duration time) {
    return std::chrono::duration<double>(time).count();
}

// An address, and what led to it.
struct Place {
    nexthop::Destination relay;
    nexthop::Endpoint endpoint;
};

// "[r1.example]:587/192.0.2.1": a host and one of its addresses.
std::optional<Place> labelled(std::string_view place, const Options& options) {
    size_t slash = place.rfind('/');
    if (slash == std::string_view::npos || !io::SocketAddress::inet(place.substr(slash + 1), 0))
        return std::nullopt;
    std::vector<nexthop::Destination> hosts =
        nexthop::parse_destinations(place.substr(0, slash), options.nexthop.rules);
    if (hosts.size() != 1 || hosts[0].kind == nexthop::Destination::Kind::unusable ||
        hosts[0].kind == nexthop::Destination::Kind::socket)
        return std::nullopt;
    Place found;
    nexthop::Endpoint& endpoint = found.endpoint;
    endpoint.host = hosts[0].host;
    endpoint.ip = place.substr(slash + 1);
    endpoint.address = *io::SocketAddress::inet(endpoint.ip, hosts[0].port);
    endpoint.loop_guard = options.nexthop.lookup.guard_loops && hosts[0].port == 25;
    found.relay = std::move(hosts[0]);
    return found;
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

// One line of what is asked for.
struct Survey::Wanted {
    explicit Wanted(const std::string& line) : place(line) {
        std::optional<base::Json> json = base::Json::parse(line);
        if (!json)
            return;
        place = json->text_at("place");
        element = json->text_at("element");
        nexthop = json->text_at("nexthop");
        sender = json->text_at("sender");
    }
    std::string place, element, nexthop, sender;
};

// An address to ask, or why there is none; and what came of it.
struct Survey::Question {
    std::string nexthop, sender;
    std::optional<Place> place;
    SharedApproach approach;
    std::string requiretls;      // what is done about a message that demands TLS
    nexthop::LookupTrace asked;  // of TLSA records
    Probed probed;
};

// How the address of a place was found, as mail would find it: DNSSEC may vouch for that.
io::Task<void> Survey::find_out(Question& question) {
    Place& place = *question.place;
    nexthop::Purpose purpose;
    purpose.configured = true;
    nexthop::Site site = co_await sites_.look_up(place.relay, purpose);
    for (nexthop::Endpoint& each : site.endpoints)
        if (each.same_place(place.endpoint) && each.host == place.endpoint.host) {
            place.endpoint.source = each.source;
            place.endpoint.provenance = std::move(each.provenance);
        }
}

io::Task<std::vector<Survey::Question>> Survey::questions(const Wanted& wanted) {
    std::vector<Question> all;
    if (std::optional<Place> one = labelled(wanted.place, options_)) {
        Question& question = all.emplace_back();
        question.place = std::move(one);
        std::vector<nexthop::Destination> relays =
            nexthop::parse_destinations(wanted.element, options_.nexthop.rules);
        if (relays.size() == 1)
            question.place->relay = std::move(relays[0]);
        question.nexthop = wanted.nexthop.empty() ? question.place->relay.text : wanted.nexthop;
        question.sender = wanted.sender;
        if (options_.nexthop.lookup.dnssec || !wanted.element.empty())
            co_await find_out(question);
        co_return all;
    }
    const std::string& place = wanted.place;
    std::vector<nexthop::Destination> destinations =
        nexthop::parse_destinations(place, options_.nexthop.rules);
    nexthop::Purpose purpose;
    purpose.configured = true;
    purpose.interleave = options_.failover->health;
    for (size_t i = 0; i < destinations.size(); ++i) {
        nexthop::Site site = co_await sites_.look_up(destinations[i], purpose);
        for (nexthop::Endpoint& endpoint : site.endpoints) {
            all.emplace_back().place = Place{destinations[i], std::move(endpoint)};
            all.back().nexthop = wanted.nexthop.empty() ? place : wanted.nexthop;
            all.back().sender = wanted.sender;
        }
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
        FoundApproach found = co_await approach_of(question);
        question.approach = found.approach;
        question.probed.trouble = found.trouble;
        if (found.trouble)
            co_return;
        Probed probed = co_await ask(dialer_, question.place->endpoint, found.approach, options_);
        question.probed = std::move(probed);
    } catch (const std::runtime_error& error) {
        question.probed.trouble = local_trouble(error.what());
    }
}

// As mail does.
io::Task<FoundApproach> Survey::approach_of(Question& question) {
    if (!options_.approaches)
        co_return FoundApproach();
    Visit visit(question.nexthop, question.sender, question.place->relay, question.place->endpoint);
    nexthop::FoundRequireTls demanded = co_await options_.approaches->demanded(visit);
    question.requiretls =
        demanded.trouble.empty() ? name_of(demanded.action) : std::string_view(demanded.reason);
    visit.trace = &question.asked;
    co_return co_await options_.approaches->find(std::move(visit));
}

io::Task<std::vector<base::Json>> Survey::ask_at(std::string place) {
    Wanted wanted(place);
    std::vector<Question> all = co_await questions(wanted);
    io::Scope at_once;
    for (Question& question : all)
        if (question.place)
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
        json.string("place", wanted.place);
        if (question.place) {
            const nexthop::Endpoint& endpoint = question.place->endpoint;
            json.string("name", endpoint.host).string("address", endpoint.ip);
            if (endpoint.address.is_inet())
                json.integer("port", endpoint.port());
        }
        json.add(json_of(question.probed));
        if (question.approach)
            json.object("tls_policy", tls_policy_json(question.approach->tls));
        if (question.approach && question.approach->login)
            json.object("login", login_json(*question.approach->login));
        if (question.place && options_.nexthop.lookup.dnssec)
            json.object("dnssec", dnssec_json(question.place->endpoint, question.asked));
        if (!question.probed.mechanism.empty())
            json.string("logged_in_as", question.probed.login)
                .string("mechanism", question.probed.mechanism);
        if (!question.requiretls.empty())
            json.string("requiretls_policy", question.requiretls)
                .boolean("requiretls", question.probed.requiretls);
        if (question.probed.tls)
            json.object("tls", tls_facts_json(*question.probed.tls))
                .string("tls_text", tls_text(*question.probed.tls));
        answers.push_back(std::move(json));
    }
    co_return answers;
}

}  // namespace smtp
