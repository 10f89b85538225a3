#include "lib/dict/lmdb_env.h"

#include <lmdb.h>

#include <cerrno>
#include <utility>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace dict {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
    if (error > 0)
        throw base::SystemError(what, error);
    throw base::SystemError(base::text(what, ": ", ::mdb_strerror(error)), EINVAL);
}

MDB_val value_of(std::string_view bytes) {
    return {bytes.size(), const_cast<char*>(bytes.data())};
}

std::string_view view(const MDB_val& value) {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// A transaction, given up unless it is committed.
class Transaction {
  public:
    Transaction(MDB_env* environment, unsigned flags, const std::string& path) : path_(path) {
        int error = ::mdb_txn_begin(environment, nullptr, flags, &transaction_);
        if (error == MDB_MAP_RESIZED)
            throw LmdbEnv::Outgrown();
        if (error != 0)
            fail("read database " + path, error);
        if (int bad = ::mdb_dbi_open(transaction_, nullptr, 0, &database_)) {
            ::mdb_txn_abort(transaction_);
            fail("read database " + path, bad);
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (transaction_ != nullptr)
            ::mdb_txn_abort(transaction_);
    }

    int get(std::string_view key, MDB_val& value) const {
        MDB_val wanted = value_of(key);
        return ::mdb_get(transaction_, database_, &wanted, &value);
    }
    int append(std::string_view key, std::string_view value) const {
        MDB_val stored_key = value_of(key), stored_value = value_of(value);
        return ::mdb_put(transaction_, database_, &stored_key, &stored_value, MDB_APPEND);
    }
    int cursor(MDB_cursor** cursor) const {
        return ::mdb_cursor_open(transaction_, database_, cursor);
    }
    void commit() {
        if (int error = ::mdb_txn_commit(std::exchange(transaction_, nullptr)))
            fail("write database " + path_, error);
    }

  private:
    const std::string& path_;
    MDB_txn* transaction_ = nullptr;
    MDB_dbi database_ = 0;
};

}  // namespace

void LmdbEnv::Close::operator()(MDB_env* environment) const {
    ::mdb_env_close(environment);
}

LmdbEnv::LmdbEnv(const std::string& path, unsigned flags, size_t map_bytes) : path_(path) {
    MDB_env* environment = nullptr;
    if (int error = ::mdb_env_create(&environment))
        fail("open database " + path, error);
    environment_.reset(environment);
    if (map_bytes > 0)
        ::mdb_env_set_mapsize(environment, map_bytes);
    if (int error =
            ::mdb_env_open(environment, path.c_str(), flags | MDB_NOSUBDIR | MDB_NOLOCK, 0644))
        fail("open database " + path, error);
}

LmdbEnv LmdbEnv::open(const std::string& path) {
    return LmdbEnv(path, MDB_RDONLY, 0);
}

LmdbEnv LmdbEnv::create(const std::string& path, size_t map_bytes) {
    return LmdbEnv(path, MDB_NOSYNC, map_bytes);
}

std::optional<std::string> LmdbEnv::get(std::string_view key) {
    // The library knows no empty keys, nor such as are longer than it can store.
    if (key.empty() ||
        key.size() > static_cast<size_t>(::mdb_env_get_maxkeysize(environment_.get())))
        return std::nullopt;
    Transaction transaction(environment_.get(), MDB_RDONLY, path_);
    MDB_val value;
    int error = transaction.get(key, value);
    if (error == MDB_NOTFOUND)
        return std::nullopt;
    if (error != 0)
        fail("read database " + path_, error);
    return std::string(view(value));
}

void LmdbEnv::each(const Visit& visit) {
    Transaction transaction(environment_.get(), MDB_RDONLY, path_);
    MDB_cursor* cursor = nullptr;
    if (int error = transaction.cursor(&cursor))
        fail("read database " + path_, error);
    struct CloseCursor {
        void operator()(MDB_cursor* open) const { ::mdb_cursor_close(open); }
    };
    std::unique_ptr<MDB_cursor, CloseCursor> closing(cursor);
    MDB_val key, value;
    int error;
    while ((error = ::mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        visit(view(key), view(value));
    if (error != MDB_NOTFOUND)
        fail("read database " + path_, error);
}

void LmdbEnv::fill(const std::function<std::optional<Entry>()>& next) {
    Transaction transaction(environment_.get(), 0, path_);
    while (std::optional<Entry> entry = next())
        if (int error = transaction.append(entry->first, entry->second))
            fail("write database " + path_, error);
    transaction.commit();
}

void LmdbEnv::sync() {
    if (int error = ::mdb_env_sync(environment_.get(), 1))
        fail("write database " + path_, error);
}

}  // namespace dict
