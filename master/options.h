// The command line of master.
#pragma once

#include <string>

namespace master {

struct Options {
    std::string config_directory;  // -c, MAIL_CONFIG or /etc/postfix; absolute
    bool test = false;             // -t: only say whether an instance runs
    bool wait = false;             // -w: return when the daemon in the background is up
    bool foreground = false;       // -s, -d: stay attached
    bool init = false;             // -i: as process 1 of a container

    // Ends the process with the usage on bad options.
    static Options parse(int argc, char** argv);
};

}  // namespace master
