#include <fstream>

#include "lib/base/text.h"
#include "lib/config/main_cf.h"
#include "postfix/request.h"

namespace postfix {
namespace {

constexpr std::string_view needed[] = {"queue_directory",       "data_directory",   "maillog_file",
                                       "maillog_file_prefixes", "syslog_name",      "mail_owner",
                                       "daemon_directory",      "command_directory"};

bool is_needed(std::string_view line) {
    std::string_view name = base::trim(line.substr(0, line.find('=')));
    for (std::string_view each : needed)
        if (name == each && line.find('=') != line.npos && name.front() == line.front())
            return true;
    return false;
}

}  // namespace

config::Settings rescue_settings(const std::string& directory) {
    const std::string path = directory + "/main.cf";
    std::ifstream file(path);
    std::string kept;
    for (std::string line; std::getline(file, line);)
        if (is_needed(line))
            base::append(kept, line, "\n");
    return config::Settings::from(config::MainCf::parse(kept, path), directory);
}

}  // namespace postfix
