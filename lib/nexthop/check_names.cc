#include "lib/nexthop/check_names.h"

#include <algorithm>
#include <deque>
#include <memory>

#include "lib/base/text.h"
#include "lib/io/clock.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/nexthop/name_service.h"

namespace nexthop {
namespace {

using namespace std::chrono_literals;

constexpr size_t most_relays = 100;
constexpr base::Duration patience = 10s;

struct Question {
    std::string place;
    std::string transport;
    Destination relay;
    bool alone = false;
    bool answered = false;
    std::optional<Absence> absence;
};

std::deque<Question> questions_of(const std::vector<RelayUse>& uses, TransportOptions& transports) {
    std::deque<Question> questions;
    for (const RelayUse& use : uses) {
        const Options* options = transports.of(use.transport);
        if (!options)
            continue;
        std::vector<Destination> relays = parse_destinations(use.nexthop, options->rules);
        for (const Destination& relay : relays) {
            bool has_name = relay.kind != Destination::Kind::unusable &&
                            (relay.kind == Destination::Kind::domain ||
                             relay.form == Destination::Form::bracketed);
            bool is_asked = std::ranges::any_of(questions, [&](const Question& other) {
                return other.relay.text == relay.text && other.transport == use.transport;
            });
            if (has_name && !is_asked && questions.size() < most_relays)
                questions.push_back(
                    {use.place, use.transport, relay, relays.size() == 1, false, std::nullopt});
        }
    }
    return questions;
}

// The name services of transports, each with the settings that it refers to.
class Services {
  public:
    explicit Services(TransportOptions& transports) : transports_(transports) {}

    SiteLookup& of(const std::string& transport) {
        auto known = services_.find(transport);
        if (known == services_.end())
            known = services_.emplace(transport, std::make_unique<Service>(transports_, transport))
                        .first;
        return known->second->names.sites();
    }

  private:
    struct Service {
        Service(TransportOptions& transports, const std::string& transport)
            : settings(transports.settings_of(transport)),
              program(transports.transports().command(transport)),
              names(config::OwnSettings(settings, program), transports.of(transport)->lookup) {}

        config::Settings settings;
        std::string program;
        NameService names;
    };

    TransportOptions& transports_;
    std::map<std::string, std::unique_ptr<Service>> services_;
};

io::Task<void> ask(SiteLookup& sites, Question& question) {
    Purpose purpose;
    purpose.configured = true;
    Site site = co_await sites.look_up(question.relay, purpose);
    question.answered = true;
    question.absence = site.absence;
}

io::Task<void> end_after(io::Scope& asking, base::Duration time) {
    co_await io::sleep(time);
    asking.cancel();
}

io::Task<void> ask_all(std::deque<Question>& questions, Services& services) {
    io::Scope asking, watch;
    for (Question& question : questions)
        asking.spawn(ask(services.of(question.transport), question));
    watch.spawn(end_after(asking, patience));
    co_await asking.join();
    watch.cancel();
    co_await watch.join();
}

std::string problem_of(const Question& question) {
    std::string why =
        question.answered ? question.absence->reason : std::string("no name server has answered");
    return base::text(
        question.place, ": \"", question.relay.text, "\" leads to no host: ", why,
        question.alone ? "; mail for it waits in the queue" : "; mail goes past it to the others");
}

}  // namespace

std::vector<config::Problem> check_names(const std::vector<RelayUse>& uses,
                                         TransportOptions& transports) {
    std::vector<config::Problem> problems;
    std::deque<Question> questions = questions_of(uses, transports);
    if (questions.empty())
        return problems;
    io::SystemClock clock;
    io::Loop loop(clock);
    Services services(transports);
    io::run_task(ask_all(questions, services));
    for (const Question& question : questions)
        if (!question.answered || question.absence)
            problems.push_back({false, problem_of(question)});
    return problems;
}

}  // namespace nexthop
