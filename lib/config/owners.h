// The users and groups that an instance's directories belong to.
#pragma once

#include <sys/types.h>

#include <optional>

#include "lib/config/settings.h"

namespace config {

// Without root all is the invoking user's.
struct Owners {
    uid_t mail_owner = 0;
    gid_t mail_group = 0;
    gid_t setgid_group = 0;
    bool is_root = false;
};

// None when run as root and mail_owner or setgid_group does not exist.
std::optional<Owners> find_owners(const Settings& settings);

}  // namespace config
