// postfix starts, stops and looks after a mail system; see postfix(1).
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/open_log.h"
#include "postfix/request.h"

namespace postfix {

Request Request::parse(int argc, char** argv) {
    constexpr const char* usage = "usage: postfix [-c config_dir] [-Dv] command";
    Request request;
    const char* directory = ::getenv("MAIL_CONFIG");
    request.config_directory = directory != nullptr ? directory : "/etc/postfix";
    int letter;
    while ((letter = ::getopt(argc, argv, "+c:Dv")) != -1) {
        if (letter == 'c')
            request.config_directory = optarg;
        else if (letter == '?')
            base::log::fatal(usage);
    }
    if (optind == argc)
        base::log::fatal(usage);
    request.config_directory = std::filesystem::absolute(request.config_directory);
    request.verb = argv[optind];
    request.arguments.assign(argv + optind + 1, argv + argc);
    return request;
}

}  // namespace postfix

namespace {

config::Settings load_broken(const std::string& directory) {
    try {
        return config::Settings::load_for_command(directory);
    } catch (const config::Error&) {
        return postfix::rescue_settings(directory);
    }
}

config::Settings load(const postfix::Request& request) {
    try {
        return config::Settings::load(request.config_directory);
    } catch (const config::Error& error) {
        if (!postfix::works_on_running(request.verb))
            throw;
        for (const std::string& problem : error.problems())
            base::log::warning(problem);
    }
    return load_broken(request.config_directory);
}

}  // namespace

int main(int argc, char** argv) {
    ::umask(022);
    base::log::Options early;
    early.program = "postfix-script";
    early.only_stderr = true;
    base::log::open(early);
    postfix::Request request = postfix::Request::parse(argc, argv);
    try {
        config::Settings settings = load(request);
        base::log::open(ipc::command_log(settings, "postfix-script"));
        int result = postfix::carry_out(request, settings);
        base::log::drain(base::log::last_words);
        return result;
    } catch (const std::exception& error) {
        for (std::string_view line : base::split(error.what(), "\n"))
            base::log::error(line);
        base::log::fatal(base::text("postfix ", request.verb, " failed"));
    }
}
