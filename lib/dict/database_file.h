// The files behind hash:, btree:, lmdb: and cdb: tables, as they are made and edited.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/file_lock.h"

namespace dict {

struct DatabaseOptions {
    bool nul = true;                // keys and values are stored with a NUL at their end
    size_t cache_bytes = 16 << 20;  // Berkeley DB; more where the entries need it
    size_t map_bytes = 16 << 20;    // LMDB, likewise
};

// An entry as it is to be found: without NUL.
struct DatabaseEntry {
    std::string_view key;
    std::string_view value;
};

struct DatabaseType {
    using Visit = std::function<void(std::string_view key, std::string_view value)>;

    std::string_view name;    // "hash"
    std::string_view suffix;  // ".db"
    bool nul;                 // what is usual in such files
    bool edited;              // single entries may be added and removed
    FileLock::Style lock;
    // Writes all into the file `path`, which is there and empty. `entries` are in order of key.
    void (*write)(const std::string& path, const std::vector<DatabaseEntry>& entries,
                  const DatabaseOptions& options);
    // Shows the entries as they are stored.
    void (*read)(const std::string& path, const Visit& visit);
};

// Null for a type that is not made from a source.
const DatabaseType* find_database_type(std::string_view name);

}  // namespace dict
