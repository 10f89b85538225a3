// FileLock is an advisory lock (flock) on a table, as Postfix takes it.
#pragma once

#include <sys/file.h>

#include <utility>

namespace dict {

class FileLock {
  public:
    // Neither waits; false where another holds what stands against it. `fd` outlives the lock.
    static FileLock shared(int fd) { return FileLock(fd, LOCK_SH); }
    static FileLock exclusive(int fd) { return FileLock(fd, LOCK_EX); }
    FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock() {
        if (fd_ >= 0)
            ::flock(fd_, LOCK_UN);
    }
    explicit operator bool() const { return fd_ >= 0; }

  private:
    FileLock(int fd, int kind) : fd_(::flock(fd, kind | LOCK_NB) == 0 ? fd : -1) {}
    int fd_;
};

}  // namespace dict
