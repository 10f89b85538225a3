// What becomes of the command of a master.cf line here.
#pragma once

#include <cstdint>
#include <string_view>

namespace config {

enum class Built : uint8_t {
    here,       // a program of ours has that name
    elsewhere,  // its work is done in other programs; `note` says where
    not_yet,    // no program yet: mail for it is deferred
    unknown,    // no command that Postfix has either
};

struct Command {
    Built built = Built::unknown;
    std::string_view note;  // for `elsewhere`: "in smtpd and bounce"; else empty
    // Whether maxproc counts sessions over all workers rather than processes.
    bool counts_sessions = false;
};

Command classify_command(std::string_view command);

}  // namespace config
