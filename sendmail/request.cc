#include "sendmail/request.h"

#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/command.h"
#include "lib/mail/dsn_parameters.h"

namespace sendmail {

namespace {

static_assert(try_later == EX_TEMPFAIL);

constexpr const char* letters = "A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:r:q:tvx";

[[noreturn]] void fail(std::string_view line) {
    ipc::end_command(line, try_later);
}

struct ModeRow {
    char letter;
    Mode mode;
};

constexpr ModeRow modes[] = {
    {'d', Mode::start},      {'l', Mode::start},        {'h', Mode::ignore},
    {'H', Mode::ignore},     {'i', Mode::make_aliases}, {'m', Mode::deliver},
    {'p', Mode::list_queue}, {'s', Mode::smtp},         {'v', Mode::deliver},
};

void take_mode(Request& request, const char* value) {
    for (const ModeRow& row : modes)
        if (row.letter == *value) {
            request.mode = row.mode;
            request.probe = *value == 'v';
            return;
        }
    fail(base::text("unsupported: -b", *value));
}

void take_body_type(Request& request, std::string_view value) {
    if (base::equal_nocase(value, "8BITMIME"))
        request.eight_bit = true;
    else if (base::equal_nocase(value, "7BIT"))
        request.eight_bit = false;
    else
        fail("-B option needs 8BITMIME or 7BIT");
}

void take_notify(Request& request, std::string_view value) {
    if (auto notify = mail::parse_notify(value, ", "))
        request.notify = *notify;
    else
        base::log::warning(
            base::text("bad -N option value \"", base::printable(value), "\" -- ignored"));
}

void take_ret(Request& request, std::string_view value) {
    if (base::equal_nocase(value, "full"))
        request.ret = "1";
    else if (base::equal_nocase(value, "hdrs"))
        request.ret = "2";
    else
        base::log::warning("bad -R option value -- ignored");
}

void take_verp(Request& request, std::string_view value) {
    if (!value.starts_with('V'))
        fail(base::text("unsupported: -X", value.substr(0, 1)));
    request.verp = value.substr(1);
    if (!request.verp->empty() &&
        (request.verp->size() != 2 || request.verp->find_first_not_of("-=+") != std::string::npos))
        fail("-V requires two characters from -=+");
}

// Options of Sendmail by name: only what Postfix made of them means something here.
void take_named(Request& request, std::string_view option) {
    size_t equals = std::min(option.find('='), option.size());
    std::string_view name = option.substr(0, equals);
    std::string_view value = option.substr(std::min(equals + 1, option.size()));
    bool tls = base::equal_nocase(name, "requiretls");
    if (!tls && !base::equal_nocase(name, "smtputf8"))
        return;
    bool yes = base::equal_nocase(value, "yes");
    if (!yes && !base::equal_nocase(value, "no"))
        fail(base::text("-O ", name, " needs yes or no: ", base::printable(option)));
    if (tls)
        request.requires_tls = yes;
    else if (yes)
        base::log::warning("-O smtputf8=yes is not built yet -- ignored");
}

void take_o(Request& request, const char* value, int argc, char** argv) {
    switch (*value) {
        case 'A':
            request.alias_file = value + 1;
            if (request.alias_file.empty())
                fail("-oA requires pathname");
            return;
        case 'i':
            request.dot_ends = false;
            return;
        case '7':
        case '8':
        case 'm':
            return;
        default:  // an option of Sendmail: its value may be the next word
            if (value[1] == '\0' && *value >= 'A' && *value <= 'Z' && optind < argc &&
                *argv[optind] != '-')
                ++optind;
            return;
    }
}

void take_queue(Request& request, std::string_view value) {
    if (value.starts_with('I') || value.starts_with('R')) {
        if (value.size() == 1)
            fail(base::text("specify: -q", value, value == "I" ? "queueid" : "sitename"));
        request.mode = Mode::flush;
        request.queue_arguments = {value[0] == 'I' ? "-i" : "-s", std::string(value.substr(1))};
    } else if (value.starts_with('S')) {
        fail("-qS is not implemented");
    } else if (!value.empty() && (value[0] < '0' || value[0] > '9')) {
        fail(base::text("-q", value[0], " is not implemented"));
    } else if (request.mode == Mode::deliver) {
        // An interval between queue runs is for a daemon, and queue_run_delay says it here.
        request.mode = Mode::ignore;
    }
}

void take(Request& request, char letter, int argc, char** argv) {
    switch (letter) {
        case 'B':
            return take_body_type(request, optarg);
        case 'C':
            request.config_directory = optarg;
            if (std::filesystem::path(optarg).filename() == "main.cf")
                request.config_directory = std::filesystem::path(optarg).parent_path();
            return;
        case 'F':
            request.full_name = optarg;
            return;
        case 'G':
            request.gateway = true;
            return;
        case 'I':
            request.mode = Mode::make_aliases;
            return;
        case 'N':
            return take_notify(request, optarg);
        case 'O':
            return take_named(request, optarg);
        case 'R':
            return take_ret(request, optarg);
        case 'V':
            request.envelope_id = optarg;
            return;
        case 'X':
            return take_verp(request, optarg);
        case 'b':
            return take_mode(request, optarg);
        case 'f':
        case 'r':
            request.sender = optarg;
            return;
        case 'i':
            request.dot_ends = false;
            return;
        case 'n':
            fail("-n option not supported");
        case 'o':
            return take_o(request, optarg, argc, argv);
        case 'q':
            return take_queue(request, optarg);
        case 't':
            request.from_headers = true;
            return;
        case 'v':
            ++request.verbose;
            return;
        case '?':
            fail("usage: sendmail [options]");
        default:  // of Sendmail, without meaning here
            return;
    }
}

std::string_view flushed(const Request& request) {
    std::string_view option = request.queue_arguments.front();
    return option == "-i" ? "queue_id" : option == "-s" ? "site" : "queue mode";
}

void check(const Request& request) {
    bool delivers = request.mode == Mode::deliver;
    bool given = !request.recipients.empty();
    if (!delivers && request.from_headers)
        fail("-t can be used only in delivery mode");
    if (!delivers && request.requires_tls)
        fail("-O requiretls can be used only in delivery mode");
    if (request.probe && request.verbose > 0)
        fail("-v option cannot be used with -bv");
    if (request.probe && request.from_headers)
        fail("-t option cannot be used with -bv");
    if (request.mode == Mode::list_queue && given)
        fail("display queue mode requires no recipient");
    if (request.mode == Mode::smtp && given)
        fail("stand-alone mode requires no recipient");
    if (request.mode == Mode::flush && given)
        fail(base::text("flush ", flushed(request), " requires no recipient"));
    if (request.mode == Mode::make_aliases && given)
        fail("alias initialization mode requires no recipient");
    if (request.mode == Mode::start && given)
        fail("daemon mode requires no recipient");
    if (request.verp)
        fail("-XV is not built yet");
}

}  // namespace

Request Request::parse(int argc, char** argv, std::string_view name) {
    Request request;
    if (name == "mailq")
        request.mode = Mode::list_queue;
    if (name == "newaliases")
        request.mode = Mode::make_aliases;
    while (optind < argc) {
        // "-q" alone means the whole queue, "-q5m" an interval; getopt cannot tell.
        std::string_view word = argv[optind];
        if (word == "-q") {
            request.mode = Mode::flush;
            request.queue_arguments = {"-f"};
            ++optind;
            continue;
        }
        int letter = ::getopt(argc, argv, base::text('+', letters).c_str());
        if (letter < 0)
            break;
        take(request, static_cast<char>(letter), argc, argv);
    }
    request.recipients.assign(argv + optind, argv + argc);
    check(request);
    return request;
}

}  // namespace sendmail
