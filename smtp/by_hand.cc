#include "smtp/by_hand.h"

#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/tables.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/ipc/command.h"
#include "lib/ipc/confine.h"
#include "lib/nexthop/name_service.h"
#include "smtp/options.h"
#include "smtp/socket_dialer.h"
#include "smtp/survey.h"

namespace smtp {
namespace {

using Answers = std::vector<base::Json>;

constexpr size_t places_at_once = 50;

std::vector<std::string> places_on_standard_input() {
    std::vector<std::string> places;
    for (std::string line; std::getline(std::cin, line);)
        if (std::string_view place = base::trim(line); !place.empty())
            places.emplace_back(place);
    return places;
}

io::Task<void> ask_into(Survey& survey, std::string place, Answers& answers) {
    Answers found = co_await survey.ask_at(std::move(place));
    answers = std::move(found);
}

// Prints them in the order of the places; whether all were well.
bool print(const std::vector<Answers>& all) {
    bool well = true;
    for (const Answers& answers : all)
        for (const base::Json& answer : answers) {
            std::fputs(answer.line().c_str(), stdout);
            well = well && answer.text_at("result") == "ok";
        }
    std::fflush(stdout);
    return well;
}

io::Task<void> ask_at_all(Survey& survey, std::vector<std::string> places, bool& well) {
    for (size_t at = 0; at < places.size(); at += places_at_once) {
        size_t end = std::min(places.size(), at + places_at_once);
        std::vector<Answers> answers(end - at);
        io::Scope together;
        for (size_t i = at; i < end; ++i)
            together.spawn(ask_into(survey, places[i], answers[i - at]));
        co_await together.join();
        well = print(answers) && well;
    }
}

// The daemon's way to the same point, without what only master gives: it is read from where a
// process of the service reads, as root where this is root, and root is given up then.
int ask(const ByHand& wanted, const config::Settings& common, std::string_view program) {
    config::Settings settings =
        config::Settings::from(common.main_cf(), common.directory(), wanted.overrides);
    std::string queue = settings.text("queue_directory");
    if (::chdir(queue.c_str()) != 0)
        base::log::warning(base::text("cannot enter ", queue, ": ", base::error_text(errno)));
    dict::Tables tables(settings, nullptr, dict::Tables::NameService::in_place);
    io::Loop loop;
    std::string service = wanted.service.empty() ? std::string(program) : wanted.service;
    Options options = Options::from(settings, program, service, tables);
    options.wants_chain = true;
    nexthop::NameService names(config::OwnSettings(settings, program), options.nexthop.lookup);
    options.look_up_by(names, settings);
    SocketDialer dialer(options);
    Survey survey(dialer, names.sites(), options);
    ipc::raise_descriptor_limit();
    ipc::confine({settings.text("mail_owner"), ""});
    bool well = true;
    io::run_task(ask_at_all(survey, places_on_standard_input(), well));
    return well ? 0 : 1;
}

}  // namespace

bool is_by_hand(const std::vector<std::string>& words) {
    return !words.empty() && words[0] == "-P";
}

ByHand parse_by_hand(const std::vector<std::string>& words) {
    ByHand wanted;
    for (size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        bool option = word.size() > 1 && word[0] == '-';
        if (!option)
            throw config::Error(base::text("\"", word, "\": places are read from standard input"));
        if (word == "-v")
            continue;
        char letter = word[1];
        if (std::string_view("cno").find(letter) == std::string_view::npos)
            throw config::Error(base::text("unknown option ", word));
        if (word.size() == 2 && i + 1 == words.size())
            throw config::Error(base::text("option ", word, " needs a value"));
        std::string value = word.size() > 2 ? word.substr(2) : words[++i];
        if (letter == 'c')
            wanted.directory = value;
        else if (letter == 'n')
            wanted.service = value;
        else
            wanted.overrides.push_back(config::parse_override(value));
    }
    return wanted;
}

int run_by_hand(const std::vector<std::string>& words, std::string_view program) {
    ::signal(SIGPIPE, SIG_IGN);
    ipc::begin_command(program);
    std::string trouble;
    int status = EX_USAGE;
    try {
        ByHand wanted = parse_by_hand(words);
        status = EX_UNAVAILABLE;
        return ask(wanted, ipc::command_settings(program, wanted.directory, EX_UNAVAILABLE),
                   program);
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    ipc::end_command(trouble, status);
}

}  // namespace smtp
