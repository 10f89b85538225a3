// FileTable is a table with a file behind it, opened anew when that is rebuilt.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/fd.h"
#include "lib/dict/content.h"
#include "lib/dict/file_stamp.h"

namespace dict {

// What a file gave: its content, and the file itself with its state when that was read.
struct OpenFile {
    base::Fd file;
    FileStamp stamp;
    std::unique_ptr<Content> content;
};

// Another process writes to the file and holds its lock.
struct Locked : std::runtime_error {
    explicit Locked(const std::string& path)
        : std::runtime_error(path + " is locked by a writer") {}
};

class FileTable : public Table {
  public:
    // Opens and reads `path`. Throws config::Error, base::SystemError or Locked.
    using Load = std::function<OpenFile(const std::string& path)>;

    // `rooted` says whether this process still sees the files under the names they were opened by
    // (it is false below a chroot); it outlives this.
    FileTable(std::string name, std::string path, Load load, const bool& rooted);

    io::Task<Lookup> look_up(std::string_view key, Key kind) override;
    bool each(const Visit& visit) override;
    std::vector<std::string> files() const override { return {path_}; }
    bool outdated(io::Instant now) override;
    void look_soon() override { next_look_ = io::Instant::min(); }
    void release_lock() override;

  private:
    void look(io::Instant now);
    enum class Renewal : uint8_t { done, failed, locked };
    Renewal renew(const std::optional<FileStamp>& seen);
    void missing();

    std::string path_;
    Load load_;
    const bool& rooted_;
    OpenFile open_;
    FileStamp refused_;  // a state of the file that did not load
    io::Instant next_look_;
    bool outdated_ = false;
    bool told_missing_ = false;
};

}  // namespace dict
