// lmdb: tables.
#include <fcntl.h>

#include "lib/base/error.h"
#include "lib/dict/file_lock.h"
#include "lib/dict/file_table.h"
#include "lib/dict/lmdb_env.h"
#include "lib/dict/paths.h"
#include "lib/dict/spec.h"
#include "lib/dict/stored_text.h"

namespace dict {
namespace {

class LmdbContent : public Content {
  public:
    // `file` is open, of the same file as `environment`, and lives longer than this.
    LmdbContent(LmdbEnv environment, int file, FileStamp stamp, Fold folding)
        : environment_(std::move(environment)), file_(file), stamp_(stamp), folding_(folding) {}

    Answer get(std::string_view key, Key) override {
        FileLock lock = FileLock::shared(file_, FileLock::Style::fcntl);
        if (!lock)
            return {Answer::State::busy, {}};
        FileStamp now = FileStamp::of_open(file_);
        if (now.written != stamp_.written || now.size != stamp_.size)
            return {Answer::State::changed, {}};
        try {
            auto ask = [this](std::string_view stored) { return environment_.get(stored); };
            return answer(key, folding_, forms_, ask);
        } catch (const LmdbEnv::Outgrown&) {
            return {Answer::State::changed, {}};
        } catch (const base::SystemError& error) {
            return Answer::later(error.what());
        }
    }

    bool each(const Table::Visit& visit) override {
        FileLock lock = FileLock::wait_shared(file_, FileLock::Style::fcntl);
        environment_.each([&visit](std::string_view key, std::string_view value) {
            visit(without_nul(key), without_nul(value));
        });
        return true;
    }

  private:
    LmdbEnv environment_;
    int file_;
    FileStamp stamp_;
    KeyForms forms_;
    Fold folding_;
};

}  // namespace

std::unique_ptr<Table> make_lmdb(const Spec& spec) {
    auto load = [folding = spec.use.folding()](const std::string& path) {
        base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file)
            throw base::SystemError("open database " + path);
        FileLock lock = FileLock::shared(file.get(), FileLock::Style::fcntl);
        if (!lock)
            throw Locked(path);
        FileStamp stamp = FileStamp::of_open(file.get());
        LmdbEnv environment = LmdbEnv::open(path);
        if (FileStamp::of_path(path) != stamp)
            throw Locked(path);  // another took its place in between
        int number = file.get();
        return OpenFile{
            std::move(file), stamp,
            std::make_unique<LmdbContent>(std::move(environment), number, stamp, folding)};
    };
    std::string path = spec.name + ".lmdb";
    warn_if_older(path, spec.name);
    return std::make_unique<FileTable>(spec.full, path, load, *spec.rooted);
}

}  // namespace dict
