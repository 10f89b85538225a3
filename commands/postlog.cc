// postlog writes lines of scripts into the mail system's log; see postlog(1).
#include <unistd.h>

#include <iostream>
#include <optional>
#include <string>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/command.h"
#include "lib/ipc/open_log.h"

namespace {

constexpr const char* usage =
    "usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v] [text]";
constexpr int failure = 1;

struct Request {
    std::optional<std::string> directory;
    std::optional<std::string> tag;
    std::string priority = "info";
};

struct Priority {
    std::string_view name;
    void (*log)(std::string_view line);
};

// The most serious ones do not end this process, which only reports them.
constexpr Priority priorities[] = {
    {"info", base::log::info},
    {"warn", base::log::warning},
    {"warning", base::log::warning},
    {"error", base::log::error},
    {"fatal", [](std::string_view line) { base::log::info(base::text("fatal: ", line)); }},
    {"panic", [](std::string_view line) { base::log::info(base::text("panic: ", line)); }},
};

Request parse(int argc, char** argv) {
    Request request;
    int option;
    while ((option = ::getopt(argc, argv, "+c:ip:t:v")) > 0) {
        switch (option) {
            case 'c':
                request.directory = optarg;
                break;
            case 'p':
                request.priority = optarg;
                break;
            case 't':
                request.tag = optarg;
                break;
            case '?':
                ipc::end_command(usage, failure);
            default:
                break;
        }
    }
    return request;
}

// As the configuration says; to standard error only where somebody looks at it.
void open_log(const config::Settings& settings, const Request& request) {
    base::log::Options options = ipc::command_log(settings, "postlog");
    if (request.tag) {
        options.syslog_name.clear();
        options.program = base::printable(*request.tag);
    }
    options.to_stderr = ::isatty(STDERR_FILENO) != 0;
    options.stderr_name =
        request.tag ? options.program : base::text(options.syslog_name, '/', options.program);
    base::log::open(std::move(options));
}

const Priority& find_priority(std::string_view name) {
    for (const Priority& priority : priorities)
        if (priority.name == name)
            return priority;
    ipc::end_command(base::text("bad severity: \"", base::printable(name), '"'), failure);
}

}  // namespace

int main(int argc, char** argv) {
    ipc::begin_command("postlog");
    Request request = parse(argc, argv);
    const Priority& priority = find_priority(request.priority);
    config::Settings settings = ipc::command_settings("postlog", request.directory, failure);
    open_log(settings, request);
    if (optind < argc) {
        std::string line;
        for (int i = optind; i < argc; ++i)
            base::append(line, line.empty() ? "" : " ", argv[i]);
        priority.log(line);
    } else {
        for (std::string line; std::getline(std::cin, line);)
            priority.log(line);
    }
    base::log::drain(base::log::last_words);
    return 0;
}
