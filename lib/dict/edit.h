// Making, adding to and removing from the file of a table, each in a new file that takes the place
// of the old one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/database_file.h"
#include "lib/dict/source.h"

namespace dict {

struct EditOptions {
    DatabaseOptions database;
    Repeated repeated = Repeated::warn;
    mode_t mode = 0644;  // of a file that was not there before
};

// The file `name` + suffix with `entries`, which are in order of key, and nothing else.
void build_database(const DatabaseType& type, const std::string& name,
                    const std::vector<Source::Entry>& entries, const EditOptions& options);

// Adds `entries` to what the file holds. `tell` hears of keys that are there already and stay as
// they are.
void add_to_database(const DatabaseType& type, const std::string& name,
                     const std::vector<Source::Entry>& entries, const EditOptions& options,
                     const Source::Tell& tell);

// Removes the keys; how many of them there were.
size_t remove_from_database(const DatabaseType& type, const std::string& name,
                            const std::vector<std::string>& keys);

}  // namespace dict
