// Replacement is a new version of a file: made beside it under another name, then put in its place,
// so that whoever reads sees the old or the new, and never half.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "lib/base/fd.h"
#include "lib/dict/file_lock.h"

namespace dict {

class Replacement {
  public:
    // Waits for others who make a new version of the same file. Throws base::SystemError.
    explicit Replacement(const std::string& path);
    ~Replacement();
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;

    // The file to be written; it is there, and empty.
    const std::string& path() const { return new_path_; }
    int fd() const { return file_.get(); }
    // Puts it in place, on the disk, with the rights of the file that was there, or else with
    // `mode`.
    void commit(mode_t mode);

  private:
    void open();

    std::string path_, new_path_;
    base::Fd file_;
    std::optional<FileLock> lock_;
    bool committed_ = false;
};

}  // namespace dict
