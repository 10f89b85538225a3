#include "lib/ipc/open_log.h"

#include "lib/base/text.h"

namespace ipc {
namespace {

base::log::Options common(const config::Settings& settings, std::string_view program) {
    base::log::Options options;
    options.syslog_name = settings.text("syslog_name");
    options.program = std::string(program);
    return options;
}

}  // namespace

base::log::Options daemon_log(const config::Settings& settings, std::string_view program) {
    base::log::Options options = common(settings, program);
    if (!settings.text("maillog_file").empty())
        options.postlog_socket = base::text("public/", settings.text("postlog_service_name"));
    return options;
}

base::log::Options command_log(const config::Settings& settings, std::string_view program) {
    base::log::Options options = common(settings, program);
    options.to_stderr = true;
    options.host = log_host(settings);
    options.stderr_name = program;
    options.file_when_absent = settings.text("maillog_file");
    if (!options.file_when_absent.empty())
        options.postlog_socket = base::text(settings.text("queue_directory"), "/public/",
                                            settings.text("postlog_service_name"));
    return options;
}

std::string log_host(const config::Settings& settings) {
    const std::string name = settings.text("myhostname");
    return name.substr(0, name.find('.'));
}

}  // namespace ipc
