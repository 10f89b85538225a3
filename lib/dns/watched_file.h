// WatchedFile is a small local text file that is read again when it has changed.
#pragma once

#include <sys/types.h>

#include <string>

#include "lib/base/time.h"

namespace dns {

class WatchedFile {
  public:
    explicit WatchedFile(std::string path) : path_(std::move(path)) {}

    // Whether text() is new since the last call. Looks at the disk once a second at most; `now` is
    // the loop's time. A file that is absent, or larger than anybody writes by hand, is empty.
    bool changed(base::Instant now);
    const std::string& text() const { return text_; }
    const std::string& path() const { return path_; }

  private:
    struct Mark {
        ino_t inode = 0;
        off_t size = -1;
        int64_t seconds = 0;
        int64_t nanoseconds = 0;
        bool operator==(const Mark&) const = default;
    };
    Mark look() const;
    std::string read() const;

    std::string path_;
    std::string text_;
    Mark seen_;
    bool read_once_ = false;
    base::Instant look_again_{};
};

}  // namespace dns
