// Invocation is what master tells a daemon in its command line and environment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"

namespace ipc {

// The variables beside Postfix's own MAIL_CONFIG and GENERATION.
inline constexpr const char* session_limit_variable = "SESSION_LIMIT";

struct Invocation {
    std::string service;                 // -n: the name in master.cf
    std::string type = "unix";           // -t: inet, unix, unix-dgram …
    bool unprivileged = false;           // -u: run as mail_owner
    bool chroot = false;                 // -c: below queue_directory
    unsigned sockets = 1;                // -s: how many descriptors from 6 on
    bool verbose = false;                // -v
    config::Overrides overrides;         // -o name=value
    std::vector<std::string> arguments;  // what is left for the daemon itself
    std::string config_directory = "/etc/postfix";
    size_t session_limit = 0;  // 0: any number
    unsigned generation = 0;

    // Throws config::Error saying what cannot be understood.
    static Invocation parse(const std::vector<std::string>& arguments);
    // The options above as parse() reads them, for master.
    std::vector<std::string> command_line() const;
};

}  // namespace ipc
