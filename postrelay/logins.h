// The login that mail has at each place, by the tables that smtp asks; never what proves it.
#pragma once

#include <string>

#include "lib/base/json.h"
#include "lib/config/own_settings.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "postrelay/inquiry.h"

namespace postrelay {

// Fills in the order's logins, where the client logs in anywhere. All of it outlives the task.
io::Task<void> find_logins(Findings& findings, const config::OwnSettings& own,
                           dict::Tables& tables);

// "ali, by token (table hash:/x, key y)", "none", "unknown: open /x: Permission denied".
std::string login_text(const PlaceLogin& login);
base::Json login_json(const PlaceLogin& login);

}  // namespace postrelay
