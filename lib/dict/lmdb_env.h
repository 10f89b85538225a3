// LmdbEnv is one open LMDB file, as Postfix lays it out: no folder, no lock file, one unnamed
// database. Who reads or writes holds an advisory lock on the file itself.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct MDB_env;

namespace dict {

class LmdbEnv {
  public:
    // The file outgrew what is mapped of it: it must be opened anew.
    struct Outgrown {};

    // For reading. Throws base::SystemError.
    static LmdbEnv open(const std::string& path);
    static LmdbEnv create(const std::string& path, size_t map_bytes);

    // The value as it is stored; none when it is not there. Throws base::SystemError, Outgrown.
    std::optional<std::string> get(std::string_view key);
    using Visit = std::function<void(std::string_view key, std::string_view value)>;
    void each(const Visit& visit);
    // Calls `next` until it gives none, and stores what it gives; the entries are in order of key.
    using Entry = std::pair<std::string_view, std::string_view>;
    void fill(const std::function<std::optional<Entry>()>& next);
    void sync();

  private:
    struct Close {
        void operator()(MDB_env* environment) const;
    };
    LmdbEnv(const std::string& path, unsigned flags, size_t map_bytes);

    std::string path_;
    std::unique_ptr<MDB_env, Close> environment_;
};

}  // namespace dict
