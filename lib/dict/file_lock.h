// FileLock is an advisory lock on a table, as Postfix takes it.
#pragma once

#include <cstdint>
#include <utility>

namespace dict {

class FileLock {
  public:
    // Which calls the writers of a kind of file use: flock for Berkeley DB and cdb, fcntl for lmdb.
    // A lock of the one is not seen by the other.
    enum class Style : uint8_t { flock, fcntl };

    // Neither waits; false where another holds what stands against it. `fd` outlives the lock.
    static FileLock shared(int fd, Style style = Style::flock);
    // `fd` is open for writing.
    static FileLock exclusive(int fd, Style style = Style::flock);
    // The same, waiting; for programs that have nothing else to do. Throws base::SystemError.
    static FileLock wait_shared(int fd, Style style = Style::flock);
    static FileLock wait_exclusive(int fd, Style style = Style::flock);

    FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)), style_(other.style_) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();
    explicit operator bool() const { return fd_ >= 0; }

  private:
    FileLock(int fd, Style style) : fd_(fd), style_(style) {}
    int fd_;
    Style style_;
};

}  // namespace dict
