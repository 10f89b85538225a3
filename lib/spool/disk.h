// Disk is the seam between the log and the file system: every byte the log reads or writes goes
// through it, so that a test can cut, tear, reorder and fail what was written.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spool {

// The two bytes of a segment that are locked: its writer's and its readers'.
enum class LockByte : uint8_t { writer = 0, readers = 1 };

// An open file. Every call throws base::SystemError where the system call fails; calls of several
// threads may overlap. Closing gives up all its locks (they belong to this opening of the file,
// not to the process).
class File {
  public:
    virtual ~File() = default;

    // Fewer bytes than asked for only at the end of the file.
    virtual size_t pread(std::span<char> to, uint64_t offset) = 0;
    // All of it, or an error after which any part may have been written.
    virtual void pwritev(std::span<const iovec> parts, uint64_t offset) = 0;
    void pwrite(std::string_view bytes, uint64_t offset);
    // Returns when all that was written before, by anybody, is durable.
    virtual void fdatasync() = 0;
    virtual uint64_t size() = 0;
    // False when somebody else holds it; never waits.
    virtual bool lock_shared(LockByte byte) = 0;
    virtual bool lock_exclusive(LockByte byte) = 0;
    virtual void unlock(LockByte byte) = 0;
    // False once the file's name is gone.
    virtual bool linked() = 0;
};

enum class OpenMode { read, write, create };  // create: the name must be new (EEXIST otherwise)

class Disk {
  public:
    virtual ~Disk() = default;

    virtual std::unique_ptr<File> open(const std::string& path, OpenMode mode) = 0;
    // The names in a directory, without "." and "..".
    virtual std::vector<std::string> list(const std::string& directory) = 0;
    virtual void unlink(const std::string& path) = 0;
    virtual void rename(const std::string& from, const std::string& to) = 0;
    // Returns when the names in it are durable.
    virtual void fsync_dir(const std::string& directory) = 0;
    // Bytes that an unprivileged process may still write.
    virtual uint64_t free_bytes(const std::string& directory) = 0;
};

// The file system.
Disk& real_disk();

}  // namespace spool
