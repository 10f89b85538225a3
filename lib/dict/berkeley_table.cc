// hash: and btree: tables.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <optional>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/berkeley_db.h"
#include "lib/dict/file_lock.h"
#include "lib/dict/file_table.h"
#include "lib/dict/paths.h"
#include "lib/dict/spec.h"
#include "lib/dict/stored_text.h"

namespace dict {
namespace {

// For what is not mapped, as the pages of hash tables never are. More costs more than it saves
// where keys come in no order.
constexpr size_t cache_bytes = 256 << 10;

class BerkeleyContent : public Content {
  public:
    // `file` is open, of the same file as `database`, and lives longer than this.
    BerkeleyContent(BerkeleyDb database, int file, FileStamp stamp, Use use)
        : database_(std::move(database)), file_(file), stamp_(stamp), use_(use) {}

    Answer get(std::string_view key, Key) override {
        if (kept_)
            return read(key);
        FileLock lock = FileLock::shared(file_);
        if (!lock)
            return {Answer::State::busy, {}};
        if (written_to())
            return {Answer::State::changed, {}};
        if (use_.keeps_locks)
            kept_.emplace(std::move(lock));
        return read(key);
    }

    void release_lock() override { kept_.reset(); }

    bool each(const Table::Visit& visit) override {
        FileLock lock = FileLock::wait_shared(file_);
        database_.each([&visit](std::string_view key, std::string_view value) {
            visit(without_nul(key), without_nul(value));
        });
        return true;
    }

  private:
    Answer read(std::string_view key) {
        try {
            auto ask = [this](std::string_view stored) { return database_.get(stored); };
            return answer(key, use_.folding(), forms_, ask);
        } catch (const base::SystemError& error) {
            return Answer::later(error.what());
        }
    }

    // Only what a writer does counts: other names and rights leave the bytes as they are. A file
    // that was cut short must not be touched where it is mapped.
    bool written_to() const {
        FileStamp now = FileStamp::of_open(file_);
        return now.written != stamp_.written || now.size != stamp_.size;
    }

    BerkeleyDb database_;
    int file_;
    FileStamp stamp_;
    KeyForms forms_;
    Use use_;
    std::optional<FileLock> kept_;
};

bool same_file(int one, int other) {
    FileStamp a = FileStamp::of_open(one), b = FileStamp::of_open(other);
    return a.device == b.device && a.inode == b.inode;
}

OpenFile load(const std::string& path, BerkeleyDb::Kind kind, Use use) {
    while (true) {
        base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file)
            throw base::SystemError("open database " + path);
        FileLock lock = FileLock::shared(file.get());
        if (!lock)
            throw Locked(path);
        FileStamp stamp = FileStamp::of_open(file.get());
        BerkeleyDb database = BerkeleyDb::open(absolute(path), kind, cache_bytes);
        if (!same_file(file.get(), database.fd()))
            continue;  // another took its place in between
        int number = file.get();
        return OpenFile{std::move(file), stamp,
                        std::make_unique<BerkeleyContent>(std::move(database), number, stamp, use)};
    }
}

std::unique_ptr<Table> make(const Spec& spec, BerkeleyDb::Kind kind) {
    auto loader = [kind, use = spec.use](const std::string& path) { return load(path, kind, use); };
    std::string path = spec.name + ".db";
    warn_if_older(path, spec.name);
    return std::make_unique<FileTable>(spec.full, path, loader, *spec.rooted);
}

}  // namespace

std::unique_ptr<Table> make_hash(const Spec& spec) {
    return make(spec, BerkeleyDb::Kind::hash);
}

std::unique_ptr<Table> make_btree(const Spec& spec) {
    return make(spec, BerkeleyDb::Kind::btree);
}

}  // namespace dict
