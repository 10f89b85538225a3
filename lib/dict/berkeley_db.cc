#include "lib/dict/berkeley_db.h"

#include <db.h>

#include <cstring>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/file_stamp.h"

namespace dict {
namespace {

// The library's own texts ("unexpected file type or format") would go to standard error unasked.
void be_silent(const DB_ENV*, const char*, const char*) {}

[[noreturn]] void fail(const std::string& what, int error) {
    // Numbers below zero are the library's own.
    if (error > 0)
        throw base::SystemError(what, error);
    throw base::SystemError(base::text(what, ": ", ::db_strerror(error)), EINVAL);
}

DBT dbt(std::string_view bytes) {
    DBT result;
    std::memset(&result, 0, sizeof result);
    result.data = const_cast<char*>(bytes.data());
    result.size = static_cast<u_int32_t>(bytes.size());
    return result;
}

std::string_view view(const DBT& dbt) {
    return {static_cast<const char*>(dbt.data), dbt.size};
}

// Where the environment would look for its DB_CONFIG: a place only root may write to.
constexpr const char* safe_home = "/";
constexpr size_t gigabyte = size_t{1} << 30;
// A file that is only read is mapped up to this size, which costs neither copies nor memory of our
// own; a larger one goes through the cache.
constexpr size_t most_mapped = 4 * gigabyte;

}  // namespace

void BerkeleyDb::CloseEnvironment::operator()(DB_ENV* environment) const {
    environment->close(environment, 0);
}

void BerkeleyDb::CloseDatabase::operator()(DB* database) const {
    database->close(database, DB_NOSYNC);
}

BerkeleyDb::BerkeleyDb(const std::string& path, Kind kind, size_t cache_bytes, unsigned flags,
                       size_t entries)
    : path_(path) {
    DB_ENV* environment = nullptr;
    if (int error = ::db_env_create(&environment, 0))
        fail("create a database environment", error);
    environment_.reset(environment);
    environment->set_errcall(environment, be_silent);
    environment->set_cachesize(environment, static_cast<u_int32_t>(cache_bytes / gigabyte),
                               static_cast<u_int32_t>(cache_bytes % gigabyte), 1);
    environment->set_mp_mmapsize(environment, most_mapped);
    if (int error =
            environment->open(environment, safe_home, DB_CREATE | DB_INIT_MPOOL | DB_PRIVATE, 0))
        fail("open a database environment", error);
    DB* database = nullptr;
    if (int error = ::db_create(&database, environment, 0))
        fail("create a database handle", error);
    database_.reset(database);
    if (kind == Kind::hash && entries > 0)
        database->set_h_nelem(database, static_cast<u_int32_t>(entries));
    DBTYPE type = kind == Kind::hash ? DB_HASH : DB_BTREE;
    if (int error = database->open(database, nullptr, path.c_str(), nullptr, type, flags, 0644))
        fail("open database " + path, error);
}

BerkeleyDb BerkeleyDb::open(const std::string& path, Kind kind, size_t cache_bytes) {
    BerkeleyDb database(path, kind, cache_bytes, DB_RDONLY, 0);
    off_t size = FileStamp::of_open(database.fd()).size;
    if (kind == Kind::hash && size > 0 && static_cast<size_t>(size) <= most_mapped)
        database.pages_ = MappedPages(database.fd(), static_cast<size_t>(size));
    return database;
}

BerkeleyDb BerkeleyDb::create(const std::string& path, Kind kind, size_t cache_bytes,
                              size_t entries) {
    return BerkeleyDb(path, kind, cache_bytes, DB_CREATE | DB_TRUNCATE, entries);
}

std::optional<std::string_view> BerkeleyDb::get(std::string_view key) {
    DBT wanted = dbt(key);
    DBT found = dbt({});
    int error = database_->get(database_.get(), nullptr, &wanted, &found, 0);
    if (error == DB_NOTFOUND)
        return std::nullopt;
    if (error != 0)
        fail("read database " + path_, error);
    return view(found);
}

void BerkeleyDb::each(const Visit& visit) {
    DBC* cursor = nullptr;
    if (int error = database_->cursor(database_.get(), nullptr, &cursor, 0))
        fail("read database " + path_, error);
    struct Close {
        void operator()(DBC* open) const { open->close(open); }
    };
    std::unique_ptr<DBC, Close> closing(cursor);
    DBT key = dbt({});
    DBT value = dbt({});
    int error;
    while ((error = cursor->get(cursor, &key, &value, DB_NEXT)) == 0)
        visit(view(key), view(value));
    if (error != DB_NOTFOUND)
        fail("read database " + path_, error);
}

void BerkeleyDb::put(std::string_view key, std::string_view value) {
    DBT stored_key = dbt(key);
    DBT stored_value = dbt(value);
    if (int error = database_->put(database_.get(), nullptr, &stored_key, &stored_value, 0))
        fail("write database " + path_, error);
}

void BerkeleyDb::sync() {
    if (int error = database_->sync(database_.get(), 0))
        fail("write database " + path_, error);
}

int BerkeleyDb::fd() const {
    int number = -1;
    database_->fd(database_.get(), &number);
    return number;
}

}  // namespace dict
