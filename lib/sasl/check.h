// The start check of logins: what main.cf says of them is read as smtpd will.
#pragma once

#include <vector>

#include "lib/config/check.h"
#include "lib/config/settings.h"

namespace sasl {

// What is wrong with the logins of each smtpd of master.cf that has them; nobody is asked yet.
std::vector<config::Problem> check_servers(const config::Settings& settings);

}  // namespace sasl
