// Request is one command of an administrator: `postfix -c DIR start`.
#pragma once

#include <string>
#include <vector>

#include "lib/config/settings.h"

namespace postfix {

struct Request {
    std::string config_directory;  // absolute
    std::string verb;
    std::vector<std::string> arguments;  // behind the verb

    // Ends the process with the usage on bad options.
    static Request parse(int argc, char** argv);
};

// Whether the command is for a mail system that may run although its main.cf is broken by now.
bool works_on_running(const std::string& verb);

// What these need of a main.cf that has lines which are no settings: those about directories and
// the log.
config::Settings rescue_settings(const std::string& directory);

// Carries out the command; the status for exit().
int carry_out(const Request& request, const config::Settings& settings);

}  // namespace postfix
