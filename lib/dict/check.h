// The start check of tables: what settings name is opened.
#pragma once

#include <string>
#include <vector>

#include "lib/config/settings.h"

namespace dict {

// What is wrong with the tables that main.cf and the -o options of master.cf's services set, each
// with file, line and parameter. Parameters that are not built yet are left out, and so are
// defaults: a program that meets a default table in trouble goes on without it.
std::vector<std::string> check_tables(const config::Settings& settings);

}  // namespace dict
