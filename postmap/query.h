// Asking tables, listing them, and removing entries.
#pragma once

#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "postmap/options.h"

namespace postmap {

// What the work in `options` found goes to standard output; true when there was anything. Throws
// config::Error or base::SystemError.
io::Task<bool> query(const Options& options, dict::Tables& tables);
void list(const Options& options, dict::Tables& tables);
bool remove(const Options& options, const config::Settings& settings);

}  // namespace postmap
