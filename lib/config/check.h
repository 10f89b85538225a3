// The start checks of an instance: what `postfix check` and `postfix start` look at.
#pragma once

#include <string>
#include <vector>

#include "lib/config/settings.h"

namespace config {

struct Problem {
    bool fatal = true;  // the instance must not start
    std::string text;
};

// Looks at settings, master.cf, users and directories; changes nothing. Warnings of `settings` and
// of master.cf are part of the answer.
std::vector<Problem> check_instance(const Settings& settings);

struct QueueDirectory {
    const char* name;  // below queue_directory; "" is that directory itself
    unsigned mode;
    bool of_mail_owner;    // else the user that runs master (root)
    bool of_setgid_group;  // its group is setgid_group
};

const std::vector<QueueDirectory>& queue_directories();

// Makes the directories of the queue and data_directory that are missing, with owner and mode as
// they should be when run as root. Existing ones are left as they are. Throws base::SystemError.
void create_directories(const Settings& settings);

}  // namespace config
