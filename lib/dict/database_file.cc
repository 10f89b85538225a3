#include "lib/dict/database_file.h"

#include <cdb.h>
#include <fcntl.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/dict/berkeley_db.h"
#include "lib/dict/lmdb_env.h"
#include "lib/dict/paths.h"

namespace dict {
namespace {

using Entries = std::vector<DatabaseEntry>;

// What the pages of a database take beyond keys and values, at most about.
constexpr size_t entry_overhead = 32;
constexpr size_t most_cache = 512u << 20;
constexpr size_t read_cache = 16u << 20;

size_t bytes_of(const Entries& entries) {
    size_t bytes = 0;
    for (const DatabaseEntry& entry : entries)
        bytes += entry.key.size() + entry.value.size() + entry_overhead;
    return bytes;
}

// Key or value as it is stored.
std::string_view stored(std::string_view text, bool nul, std::string& room) {
    if (!nul)
        return text;
    room.assign(text);
    room.push_back('\0');
    return room;
}

void write_berkeley(const std::string& path, const Entries& entries, const DatabaseOptions& options,
                    BerkeleyDb::Kind kind) {
    size_t cache = std::max(options.cache_bytes, std::min(bytes_of(entries) * 2, most_cache));
    BerkeleyDb database = BerkeleyDb::create(absolute(path), kind, cache, entries.size());
    std::string key, value;
    for (const DatabaseEntry& entry : entries)
        database.put(stored(entry.key, options.nul, key), stored(entry.value, options.nul, value));
    database.sync();
}

void write_hash(const std::string& path, const Entries& entries, const DatabaseOptions& options) {
    write_berkeley(path, entries, options, BerkeleyDb::Kind::hash);
}

void write_btree(const std::string& path, const Entries& entries, const DatabaseOptions& options) {
    write_berkeley(path, entries, options, BerkeleyDb::Kind::btree);
}

void read_hash(const std::string& path, const DatabaseType::Visit& visit) {
    BerkeleyDb::open(absolute(path), BerkeleyDb::Kind::hash, read_cache).each(visit);
}

void read_btree(const std::string& path, const DatabaseType::Visit& visit) {
    BerkeleyDb::open(absolute(path), BerkeleyDb::Kind::btree, read_cache).each(visit);
}

void write_lmdb(const std::string& path, const Entries& entries, const DatabaseOptions& options) {
    LmdbEnv environment = LmdbEnv::create(path, std::max(options.map_bytes, bytes_of(entries) * 3));
    std::string key, value;
    auto next = entries.begin();
    environment.fill([&]() -> std::optional<LmdbEnv::Entry> {
        if (next == entries.end())
            return std::nullopt;
        LmdbEnv::Entry entry{stored(next->key, options.nul, key),
                             stored(next->value, options.nul, value)};
        ++next;
        return entry;
    });
    environment.sync();
}

void read_lmdb(const std::string& path, const DatabaseType::Visit& visit) {
    LmdbEnv::open(path).each(visit);
}

void write_cdb(const std::string& path, const Entries& entries, const DatabaseOptions& options) {
    base::Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    cdb_make maker{};
    if (!file || ::cdb_make_start(&maker, file.get()) != 0)
        throw base::SystemError("open database " + path);
    std::string key, value;
    for (const DatabaseEntry& entry : entries) {
        std::string_view k = stored(entry.key, options.nul, key);
        std::string_view v = stored(entry.value, options.nul, value);
        if (::cdb_make_add(&maker, k.data(), static_cast<unsigned>(k.size()), v.data(),
                           static_cast<unsigned>(v.size())) != 0)
            throw base::SystemError("write database " + path);
    }
    if (::cdb_make_finish(&maker) != 0)
        throw base::SystemError("write database " + path);
}

void read_cdb(const std::string& path, const DatabaseType::Visit&) {
    throw base::SystemError("edit database " + path, EROFS);
}

constexpr DatabaseType types[] = {
    {"btree", ".db", true, true, FileLock::Style::flock, write_btree, read_btree},
    {"cdb", ".cdb", false, false, FileLock::Style::flock, write_cdb, read_cdb},
    {"hash", ".db", true, true, FileLock::Style::flock, write_hash, read_hash},
    {"lmdb", ".lmdb", true, true, FileLock::Style::fcntl, write_lmdb, read_lmdb},
};

}  // namespace

const DatabaseType* find_database_type(std::string_view name) {
    auto found = std::ranges::find(types, name, &DatabaseType::name);
    return found == std::end(types) ? nullptr : found;
}

}  // namespace dict
