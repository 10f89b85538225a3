#include "postmap/options.h"

#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/command.h"

namespace postmap {
namespace {

constexpr int failure = 1;

[[noreturn]] void usage(const Options& options) {
    std::string_view letters = options.aliases ? "[-fijnNoprsuvw]" : "[-bfFhijmnNoprsuUvw]";
    ipc::end_command(base::text("usage: ", options.program, " ", letters,
                                " [-c config_dir] [-d key] [-q key] [map_type:]file..."),
                     failure);
}

void choose(Options& options, Work work, const char* key) {
    if (options.work == Work::query || options.work == Work::remove || options.work == Work::list)
        ipc::end_command("specify only one of -s -q or -d", failure);
    options.work = work;
    options.key = key ? key : "";
}

// Options that are just set. Null for any other letter.
bool* flag_of(Options& options, int letter) {
    switch (letter) {
        case 'b':
            return &options.body;
        case 'h':
            return &options.header;
        case 'm':
            return &options.mime;
        case 'F':
            return &options.files;
        case 'j':
            return &options.json;
        case 'o':
            return &options.keep_root;
        case 'p':
            return &options.plain_mode;
        case 'U':
            return &options.check_messages;
    }
    return nullptr;
}

void take(Options& options, int letter, const char* argument) {
    switch (letter) {
        case 'c':
            options.directory = argument;
            break;
        case 'd':
            choose(options, Work::remove, argument);
            break;
        case 'q':
            choose(options, Work::query, argument);
            break;
        case 's':
            choose(options, Work::list, nullptr);
            break;
        case 'i':
            if (options.work == Work::build)
                options.work = Work::add;
            break;
        case 'f':
            options.fold = false;
            break;
        case 'n':
            options.nul = false;
            break;
        case 'N':
            options.nul = true;
            break;
        case 'r':
            options.repeated = dict::Repeated::replace;
            break;
        case 'w':
            options.repeated = dict::Repeated::keep;
            break;
        case 'u':
            options.utf8 = false;
            break;
        case 'v':
            break;
        default:
            usage(options);
    }
}

void check(Options& options) {
    if (options.tables.empty())
        usage(options);
    bool reads_keys = options.work == Work::query && options.key == "-";
    if ((options.body || options.header || options.mime) && !reads_keys)
        ipc::end_command("specify -b -h or -m only with \"-q -\"", failure);
    if (options.mime && !options.body && !options.header)
        base::log::warning("ignoring -m option without -b or -h");
}

}  // namespace

Options parse_options(std::string_view program, int argc, char** argv) {
    Options options;
    options.program = program;
    options.aliases = program != "postmap";
    // The first table ends the options.
    const char* letters = options.aliases ? "+c:d:fijnNopq:rsuvw" : "+bc:d:fFhijmnNopq:rsuUvw";
    for (int letter; (letter = ::getopt(argc, argv, letters)) != -1;) {
        if (bool* flag = flag_of(options, letter))
            *flag = true;
        else
            take(options, letter, optarg);
    }
    options.tables.assign(argv + optind, argv + argc);
    check(options);
    return options;
}

}  // namespace postmap
