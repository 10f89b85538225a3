#include "postrelay/request.h"

#include <algorithm>
#include <string_view>

#include "lib/base/text.h"
#include "lib/config/values.h"

namespace postrelay {
namespace {

struct VerbRow {
    std::string_view name;
    Verb verb;
    std::string_view options;  // beside -c, -j and -v
    size_t least, most;        // how many names
    std::string_view usage;
};

constexpr size_t any = SIZE_MAX;
constexpr VerbRow verbs[] = {
    {"show", Verb::show, "", 0, any, "show [-j] [relay ...]"},
    {"explain", Verb::explain, "fp", 1, 1, "explain [-j] [-f sender] [--probe] recipient"},
    {"probe", Verb::probe, "t", 1, any, "probe [-j] [-t time] relay ..."},
    {"drain", Verb::drain, "tm", 1, any, "drain [-j] [-t time] [-m text] relay ..."},
    {"down", Verb::down, "tm", 1, any, "down [-j] [-t time] [-m text] relay ..."},
    {"up", Verb::up, "tm", 1, any, "up [-j] [-t time] [-m text] relay ..."},
    {"reset", Verb::reset, "", 1, any, "reset [-j] relay ..."},
    {"flush", Verb::flush, "", 1, any, "flush [-j] nexthop ..."},
    {"watch", Verb::watch, "t", 0, any, "watch [-j] [-t time] [relay ...]"},
};

std::string usage() {
    std::string text = "usage:";
    for (const VerbRow& row : verbs)
        base::append(text, "\n  postrelay [-c config_dir] ", row.usage);
    return text;
}

base::Duration parse_time(const std::string& text) {
    std::optional<int64_t> seconds = config::parse_seconds(text, "0s");
    if (!seconds || *seconds < 1)
        throw Misuse(
            base::text("option -t: expected a time as 90s, 10m, 4h or 2d, found \"", text, '"'));
    return std::chrono::seconds(*seconds);
}

void take(Request& into, char letter, const std::string& value) {
    switch (letter) {
        case 'c':
            into.directory = value;
            break;
        case 'f':
            into.sender = value == "<>" ? "" : value;
            break;
        case 't':
            into.time = parse_time(value);
            break;
        case 'm':
            into.text = value;
            break;
        default:
            break;
    }
}

const VerbRow& verb_named(const std::string& name) {
    auto row = std::ranges::find(verbs, name, &VerbRow::name);
    if (row == std::end(verbs))
        throw Misuse(base::text("unknown command \"", name, "\"\n", usage()));
    return *row;
}

void check(const VerbRow& row, const std::string& given, size_t names) {
    for (char letter : given)
        if (row.options.find(letter) == row.options.npos)
            throw Misuse(base::text(row.name, " has no option ", letter == 'p' ? "--probe" : "-",
                                    letter == 'p' ? "" : std::string(1, letter),
                                    "\nusage: postrelay ", row.usage));
    if (names < row.least || names > row.most)
        throw Misuse(base::text(row.name, names < row.least ? ": of what?" : ": too many words",
                                "\nusage: postrelay ", row.usage));
}

}  // namespace

Request parse_request(const std::vector<std::string>& words) {
    Request request;
    const VerbRow* row = nullptr;
    std::string given;  // options that not every verb has
    bool options_end = false;
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (options_end || word.size() < 2 || word[0] != '-') {
            if (row == nullptr)
                row = &verb_named(word);
            else
                request.names.push_back(word);
            continue;
        }
        char letter = word[1];
        if (word == "--") {
            options_end = true;
        } else if (word == "-j") {
            request.json = true;
        } else if (word == "--probe") {
            request.connect = true;
            given.push_back('p');
        } else if (word == "-v") {
            continue;
        } else if (std::string_view("cftm").find(letter) != std::string_view::npos) {
            if (word.size() == 2 && i + 1 == words.size())
                throw Misuse(base::text("option -", letter, " needs a value\n", usage()));
            take(request, letter, word.size() > 2 ? word.substr(2) : words[++i]);
            if (letter != 'c')
                given.push_back(letter);
        } else {
            throw Misuse(base::text("unknown option ", word, "\n", usage()));
        }
    }
    if (row == nullptr)
        throw Misuse(usage());
    check(*row, given, request.names.size());
    request.verb = row->verb;
    return request;
}

}  // namespace postrelay
