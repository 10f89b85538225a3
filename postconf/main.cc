// postconf shows the settings of an instance.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/expand.h"
#include "lib/config/unused.h"
#include "postconf/listing.h"

namespace {

constexpr const char* usage =
    "usage: postconf [-c config_dir] [-d (defaults)] [-h (no names)] [-H (no values)] "
    "[-n (settings of main.cf)] [-o name=value] [-p (all, the default)] [-v] [-x (expanded)] "
    "[name...]";

void warn(const std::string& text) {
    std::fprintf(stderr, "postconf: warning: %s\n", text.c_str());
}

[[noreturn]] void fail(const std::string& text) {
    std::fprintf(stderr, "postconf: fatal: %s\n", text.c_str());
    std::exit(1);
}

struct CommandLine {
    std::string directory;
    postconf::Request request;
};

CommandLine read_command_line(int argc, char** argv) {
    CommandLine line;
    const char* environment = std::getenv("MAIL_CONFIG");
    line.directory = environment ? environment : "/etc/postfix";
    postconf::Request& request = line.request;
    for (int option; (option = ::getopt(argc, argv, "c:dhHno:pvx")) != -1;) {
        switch (option) {
            case 'c':
                line.directory = ::optarg;
                break;
            case 'd':
                request.defaults = true;
                break;
            case 'h':
                request.with_names = false;
                break;
            case 'H':
                request.with_values = false;
                break;
            case 'n':
                request.only_set = true;
                break;
            case 'o':
                request.overrides.push_back(config::parse_override(::optarg));
                break;
            case 'x':
                request.expanded = true;
                break;
            case 'p':
            case 'v':
                break;
            default:
                fail(usage);
        }
    }
    if (request.defaults && request.only_set)
        fail("specify one of -d -n");
    if (!request.with_names && !request.with_values)
        fail("specify one of -h -H");
    request.names.assign(argv + ::optind, argv + argc);
    return line;
}

// The services whose options may use settings of main.cf; none where master.cf is missing or bad,
// which is not the business of this command.
std::vector<config::ServiceEntry> services_of(const std::string& directory) {
    try {
        return config::MasterCf::read(directory + "/master.cf").entries();
    } catch (const std::runtime_error&) {
        return {};
    }
}

void warn_of_unused(const config::MainCf& main_cf, const CommandLine& line) {
    for (const std::string& name : config::unused_names(main_cf, services_of(line.directory)))
        warn(base::text(line.directory, "/main.cf: unused parameter: ", name, '=',
                        main_cf.find(name)->value));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        CommandLine line = read_command_line(argc, argv);
        config::MainCf main_cf;
        if (!line.request.defaults)
            main_cf = config::MainCf::read(line.directory + "/main.cf");
        for (const std::string& warning : main_cf.warnings())
            warn(warning);
        postconf::Listing listing =
            postconf::list_parameters(main_cf, line.directory, line.request);
        for (const std::string& warning : listing.warnings)
            warn(warning);
        std::fwrite(listing.lines.data(), 1, listing.lines.size(), stdout);
        std::fflush(stdout);
        warn_of_unused(main_cf, line);
    } catch (const std::runtime_error& error) {
        fail(error.what());
    }
    return 0;
}
