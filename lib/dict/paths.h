// The files of tables.
#pragma once

#include <string>

namespace dict {

// From the root, for a `path` that may start at the working directory.
std::string absolute(const std::string& path);

// Warns of a database that was not rebuilt since its source was edited.
void warn_if_older(const std::string& database, const std::string& source);

}  // namespace dict
