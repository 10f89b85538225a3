// Which users of this machine may use a command, and for which domains.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/settings.h"

namespace ipc {

// The login name of the user who runs this process; "unknown" for one without.
std::string login_name();

// Whether the list of `parameter` ("!www, static:all") has this user. Throws config::Error for what
// cannot be understood, std::runtime_error where a table does not answer.
bool authorized(const config::Settings& settings, std::string_view parameter);

// The same of a domain in a list of domains.
bool in_domain_list(const config::Settings& settings, std::string_view parameter,
                    const std::string& domain);

}  // namespace ipc
