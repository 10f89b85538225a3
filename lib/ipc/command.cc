#include "lib/ipc/command.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/open_log.h"

namespace ipc {

namespace {

constexpr const char* default_directory = "/etc/postfix";

// Whether this process has rights that its user has not.
bool set_id() {
    return ::getuid() != 0 && (::getuid() != ::geteuid() || ::getgid() != ::getegid());
}

// With such rights, only a configuration that the administrator has named is read.
void check_directory(const std::string& path) {
    if (!set_id() || path == default_directory)
        return;
    config::Settings standard = config::Settings::load_for_command(default_directory);
    for (const char* name : {"alternate_config_directories", "multi_instance_directories"}) {
        const std::string directories = standard.value(name);
        for (std::string_view known : base::split(directories, ", \t\r\n"))
            if (known == path)
                return;
    }
    throw config::Error(base::text("the configuration directory ", path, " is not in ",
                                   "alternate_config_directories of ", default_directory,
                                   "/main.cf"));
}

}  // namespace

void begin_command(std::string_view program) {
    base::log::Options options;
    options.program = program;
    options.stderr_name = program;
    options.only_stderr = true;
    base::log::open(options);
}

config::Settings command_settings(std::string_view program,
                                  const std::optional<std::string>& directory, int fatal_status) {
    const char* from_environment = std::getenv("MAIL_CONFIG");
    std::string named = directory          ? *directory
                        : from_environment ? from_environment
                                           : default_directory;
    try {
        std::string path = std::filesystem::absolute(named).lexically_normal().string();
        ::setenv("MAIL_CONFIG", path.c_str(), 1);
        check_directory(path);
        config::Settings settings = config::Settings::load_for_command(path);
        for (const char* name : {"queue_directory", "command_directory"})
            settings.text(name);  // what every command needs; throws
        base::log::open(command_log(settings, program));
        return settings;
    } catch (const std::exception& error) {
        end_command(error.what(), fatal_status);
    }
}

void end_command(std::string_view fatal_line, int status) {
    std::fflush(stdout);
    base::log::fatal(fatal_line, status);
}

std::string_view called_as(const char* argv0) {
    std::string_view name = argv0 ? argv0 : "";
    return name.substr(name.rfind('/') + 1);
}

}  // namespace ipc
