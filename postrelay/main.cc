// postrelay shows what is known of relays, says why mail goes where it goes, and takes orders on
// both; see postrelay(1).
#include <sysexits.h>

#include <cstdio>

#include "lib/base/error.h"
#include "lib/ipc/command.h"
#include "postrelay/verbs.h"

namespace {

using postrelay::Request;
using postrelay::Verb;

struct Row {
    Verb verb;
    int (*run)(const Request&, const config::Settings&);
};

constexpr Row rows[] = {
    {Verb::show, postrelay::show},   {Verb::explain, postrelay::explain},
    {Verb::probe, postrelay::probe}, {Verb::drain, postrelay::order},
    {Verb::down, postrelay::order},  {Verb::up, postrelay::order},
    {Verb::reset, postrelay::order}, {Verb::flush, postrelay::flush},
    {Verb::watch, postrelay::watch},
};

int run(const Request& request) {
    config::Settings settings =
        ipc::command_settings("postrelay", request.directory, EX_UNAVAILABLE);
    for (const Row& row : rows)
        if (row.verb == request.verb)
            return row.run(request, settings);
    return EX_SOFTWARE;
}

}  // namespace

int main(int argc, char** argv) {
    ipc::begin_command("postrelay");
    int status = EX_UNAVAILABLE;
    std::string trouble;
    try {
        status = run(postrelay::parse_request({argv + 1, argv + argc}));
    } catch (const postrelay::Misuse& misuse) {
        std::fprintf(stderr, "postrelay: %s\n", misuse.what());
        return EX_USAGE;
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    if (!trouble.empty())
        ipc::end_command(trouble, status);
    std::fflush(stdout);
    return status;
}
