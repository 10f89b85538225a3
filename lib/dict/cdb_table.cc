// cdb: tables, which are never written to, only replaced.
#include <cdb.h>
#include <fcntl.h>

#include "lib/base/error.h"
#include "lib/dict/file_table.h"
#include "lib/dict/paths.h"
#include "lib/dict/spec.h"
#include "lib/dict/stored_text.h"

namespace dict {
namespace {

class CdbContent : public Content {
  public:
    // `file` is open and lives longer than this. Throws base::SystemError.
    CdbContent(int file, FileStamp stamp, Fold folding) : stamp_(stamp), folding_(folding) {
        if (::cdb_init(&cdb_, file) != 0)
            throw base::SystemError("read cdb table");
    }
    ~CdbContent() override { ::cdb_free(&cdb_); }

    Answer get(std::string_view key, Key) override {
        // A file cut short behind the back of its map must not be touched any more.
        if (FileStamp::of_open(cdb_fileno(&cdb_)).size != stamp_.size)
            return {Answer::State::changed, {}};
        try {
            auto ask = [this](std::string_view stored) { return find(stored); };
            return answer(key, folding_, forms_, ask);
        } catch (const base::SystemError& error) {
            return Answer::later(error.what());
        }
    }

    bool each(const Table::Visit& visit) override {
        unsigned position = 0;
        cdb_seqinit(&position, &cdb_);
        while (cdb_seqnext(&position, &cdb_) > 0)
            visit(without_nul(view(cdb_keypos(&cdb_), cdb_keylen(&cdb_))),
                  without_nul(view(cdb_datapos(&cdb_), cdb_datalen(&cdb_))));
        return true;
    }

  private:
    std::string_view view(unsigned position, unsigned length) {
        const void* bytes = ::cdb_get(&cdb_, length, position);
        if (bytes == nullptr)
            throw base::SystemError("read cdb table", EPROTO);
        return {static_cast<const char*>(bytes), length};
    }
    std::optional<std::string_view> find(std::string_view stored) {
        int found = ::cdb_find(&cdb_, stored.data(), static_cast<unsigned>(stored.size()));
        if (found < 0)
            throw base::SystemError("read cdb table");
        if (found == 0)
            return std::nullopt;
        return view(cdb_datapos(&cdb_), cdb_datalen(&cdb_));
    }

    cdb cdb_{};
    FileStamp stamp_;
    KeyForms forms_;
    Fold folding_;
};

}  // namespace

std::unique_ptr<Table> make_cdb(const Spec& spec) {
    auto load = [folding = spec.use.folding()](const std::string& path) {
        base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file)
            throw base::SystemError("open database " + path);
        FileStamp stamp = FileStamp::of_open(file.get());
        auto content = std::make_unique<CdbContent>(file.get(), stamp, folding);
        return OpenFile{std::move(file), stamp, std::move(content)};
    };
    std::string path = spec.name + ".cdb";
    warn_if_older(path, spec.name);
    return std::make_unique<FileTable>(spec.full, path, load, *spec.rooted);
}

}  // namespace dict
