#include "lib/dict/edit.h"

#include <fcntl.h>

#include <map>
#include <set>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/dict/replacement.h"
#include "lib/dict/stored_text.h"

namespace dict {
namespace {

// What a file holds, and the lock that keeps writers away while it is replaced.
class Present {
  public:
    Present(const DatabaseType& type, const std::string& path) {
        file_ = base::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file_ && errno == ENOENT)
            return;
        if (!file_)
            throw base::SystemError("open database " + path);
        lock_.emplace(FileLock::wait_shared(file_.get(), type.lock));
        type.read(path, [this](std::string_view key, std::string_view value) {
            nul_ = nul_ || key.ends_with('\0');
            entries.emplace(without_nul(key), without_nul(value));
        });
    }
    bool there() const { return static_cast<bool>(file_); }
    bool nul() const { return nul_; }

    std::map<std::string, std::string, std::less<>> entries;

  private:
    base::Fd file_;
    std::optional<FileLock> lock_;
    bool nul_ = false;
};

std::vector<DatabaseEntry> listed(const Present& present) {
    std::vector<DatabaseEntry> list;
    list.reserve(present.entries.size());
    for (const auto& [key, value] : present.entries)
        list.push_back({key, value});
    return list;
}

}  // namespace

void build_database(const DatabaseType& type, const std::string& name,
                    const std::vector<Source::Entry>& entries, const EditOptions& options) {
    Replacement replacement(name + std::string(type.suffix));
    std::vector<DatabaseEntry> list;
    list.reserve(entries.size());
    for (const Source::Entry& entry : entries)
        list.push_back({entry.key, entry.value});
    type.write(replacement.path(), list, options.database);
    replacement.commit(options.mode);
}

void add_to_database(const DatabaseType& type, const std::string& name,
                     const std::vector<Source::Entry>& entries, const EditOptions& options,
                     const Source::Tell& tell) {
    const std::string path = name + std::string(type.suffix);
    Replacement replacement(path);
    Present present(type, path);
    for (const Source::Entry& entry : entries) {
        auto [place, added] = present.entries.emplace(entry.key, entry.value);
        if (added)
            continue;
        if (options.repeated == Repeated::replace)
            place->second = entry.value;
        else if (options.repeated == Repeated::warn)
            tell(entry);
    }
    DatabaseOptions database = options.database;
    if (!present.entries.empty() && present.there() && !entries.empty())
        database.nul = database.nul || present.nul();
    type.write(replacement.path(), listed(present), database);
    replacement.commit(options.mode);
}

size_t remove_from_database(const DatabaseType& type, const std::string& name,
                            const std::vector<std::string>& keys) {
    const std::string path = name + std::string(type.suffix);
    if (::access(path.c_str(), F_OK) != 0)
        throw base::SystemError("open database " + path);
    Replacement replacement(path);
    Present present(type, path);
    size_t removed = 0;
    for (const std::string& key : keys)
        removed += present.entries.erase(key);
    if (removed == 0)
        return 0;
    DatabaseOptions options;
    options.nul = present.nul();
    type.write(replacement.path(), listed(present), options);
    replacement.commit(0644);
    return removed;
}

}  // namespace dict
