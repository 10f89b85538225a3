// BerkeleyDb is one open Berkeley DB file, without an environment of anybody else's.
//
// A DB_CONFIG in the working directory, which the library would otherwise obey, is never read
// (CVE-2017-10140).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/dict/mapped_pages.h"

struct __db;
struct __db_env;

namespace dict {

class BerkeleyDb {
  public:
    enum class Kind : uint8_t { hash, btree };

    // For reading. `path` is absolute. Throws base::SystemError.
    static BerkeleyDb open(const std::string& path, Kind kind, size_t cache_bytes);
    // A new file, or an empty one, for about `entries` entries.
    static BerkeleyDb create(const std::string& path, Kind kind, size_t cache_bytes,
                             size_t entries);
    BerkeleyDb(BerkeleyDb&&) noexcept = default;
    BerkeleyDb& operator=(BerkeleyDb&&) = delete;

    // The value as it is stored; valid until the next call. Throws base::SystemError.
    std::optional<std::string_view> get(std::string_view key);
    using Visit = std::function<void(std::string_view key, std::string_view value)>;
    void each(const Visit& visit);
    // The key is not there yet.
    void put(std::string_view key, std::string_view value);
    // Writes all to the disk.
    void sync();
    int fd() const;

  private:
    struct CloseEnvironment {
        void operator()(__db_env* environment) const;
    };
    struct CloseDatabase {
        void operator()(__db* database) const;
    };
    BerkeleyDb(const std::string& path, Kind kind, size_t cache_bytes, unsigned flags,
               size_t entries);

    std::string path_;
    std::unique_ptr<__db_env, CloseEnvironment> environment_;
    std::unique_ptr<__db, CloseDatabase> database_;
    MappedPages pages_;  // of a hash table that is only read
};

}  // namespace dict
