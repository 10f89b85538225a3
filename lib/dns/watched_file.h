// WatchedFile is a small local text file that is read again when it has changed.
#pragma once

#include <sys/types.h>

#include <string>

#include "lib/base/time.h"

namespace dns {

class WatchedFile {
  public:
    // Reads it at once: a daemon that goes into a chroot later may not find it there, and then
    // goes on with what it has. The same goes for a file that is removed.
    explicit WatchedFile(std::string path);

    // Whether text() is new since the last call. Looks at the disk once a second at most; `now` is
    // the loop's time. A file larger than anybody writes by hand counts as empty.
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
        bool absent() const { return size < 0; }
    };
    Mark look() const;
    std::string read() const;

    std::string path_;
    Mark seen_;
    std::string text_;
    bool told_ = false;  // of what was read first
    base::Instant look_again_{};
};

}  // namespace dns
