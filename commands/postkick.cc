// postkick sends a request to a service of the mail system; see postkick(1).
#include <unistd.h>

#include <optional>
#include <string>

#include "lib/base/text.h"
#include "lib/ipc/command.h"
#include "lib/ipc/trigger.h"

namespace {

constexpr int failure = 1;
constexpr const char* usage = "usage: postkick [-c config_dir] [-v] class service request";

}  // namespace

int main(int argc, char** argv) {
    ipc::begin_command("postkick");
    std::optional<std::string> directory;
    int option;
    while ((option = ::getopt(argc, argv, "c:v")) > 0) {
        if (option == 'c')
            directory = optarg;
        else if (option == '?')
            ipc::end_command(usage, failure);
    }
    if (argc - optind != 3)
        ipc::end_command(usage, failure);
    std::string folder = argv[optind], service = argv[optind + 1], request = argv[optind + 2];
    bool plain = service.find('/') == service.npos && !service.starts_with('.');
    if ((folder != "public" && folder != "private") || !plain)
        ipc::end_command(usage, failure);
    config::Settings settings = ipc::command_settings("postkick", directory, failure);
    std::string path = base::text(settings.text("queue_directory"), '/', folder, '/', service);
    if (!ipc::trigger(path, request))
        ipc::end_command(base::text("Cannot contact class ", folder, " service ", service,
                                    " - perhaps the mail system is down"),
                         failure);
    return 0;
}
