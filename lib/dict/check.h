// The start check of tables: what settings name is opened.
#pragma once

#include <string>
#include <vector>

#include "lib/config/check.h"
#include "lib/config/settings.h"
#include "lib/dict/tables.h"

namespace dict {

// What is wrong with the tables that main.cf, the -o options of master.cf's services and defaults
// name, each with file, line and parameter. Parameters that are not built yet are left out. The
// default of local_recipient_maps only warns: only local mail waits for tables that are
// missing there, and where there is none nothing is said. They stay open in `tables`: who looks
// further into one there does not hear again what is logged of its lines.
std::vector<config::Problem> check_tables(const config::Settings& settings, Tables& tables);

}  // namespace dict
