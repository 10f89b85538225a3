#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <climits>
#include <cstdio>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/spool/disk.h"

namespace spool {
namespace {

using base::SystemError;

class RealFile : public File {
  public:
    RealFile(base::Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    size_t pread(std::span<char> to, uint64_t offset) override {
        size_t got = 0;
        while (got < to.size()) {
            ssize_t n = ::pread(fd_.get(), to.data() + got, to.size() - got,
                                static_cast<off_t>(offset + got));
            if (n < 0 && errno != EINTR)
                throw SystemError("read " + path_);
            if (n == 0)
                break;
            got += n > 0 ? static_cast<size_t>(n) : 0;
        }
        return got;
    }

    void pwritev(std::span<const iovec> parts, uint64_t offset) override {
        std::vector<iovec> left;
        while (!parts.empty()) {
            int count = static_cast<int>(std::min<size_t>(parts.size(), IOV_MAX));
            ssize_t n = ::pwritev(fd_.get(), parts.data(), count, static_cast<off_t>(offset));
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                throw SystemError("write " + path_, n < 0 ? errno : EIO);
            offset += static_cast<uint64_t>(n);
            size_t done = static_cast<size_t>(n);
            while (!parts.empty() && done >= parts[0].iov_len) {
                done -= parts[0].iov_len;
                parts = parts.subspan(1);
            }
            if (done > 0) {  // a short write in the middle of a part: rare, so a copy is fine
                left.assign(parts.begin(), parts.end());
                left[0].iov_base = static_cast<char*>(left[0].iov_base) + done;
                left[0].iov_len -= done;
                parts = left;
            }
        }
    }

    void fdatasync() override {
        if (::fdatasync(fd_.get()) != 0)
            throw SystemError("flush " + path_);
    }

    uint64_t size() override { return static_cast<uint64_t>(status().st_size); }
    bool linked() override { return status().st_nlink > 0; }
    bool lock_shared(LockByte byte) override { return lock(byte, F_RDLCK); }
    bool lock_exclusive(LockByte byte) override { return lock(byte, F_WRLCK); }
    void unlock(LockByte byte) override { lock(byte, F_UNLCK); }

  private:
    struct stat status() {
        struct stat found;
        if (fstat(fd_.get(), &found) != 0)
            throw SystemError("stat " + path_);
        return found;
    }

    bool lock(LockByte byte, short type) {
        struct flock how {};
        how.l_type = type;
        how.l_whence = SEEK_SET;
        how.l_start = static_cast<off_t>(byte);
        how.l_len = 1;
        if (fcntl(fd_.get(), F_OFD_SETLK, &how) == 0)
            return true;
        if (errno == EAGAIN || errno == EACCES)
            return false;
        throw SystemError("lock " + path_);
    }

    base::Fd fd_;
    std::string path_;
};

class RealDisk : public Disk {
  public:
    std::unique_ptr<File> open(const std::string& path, OpenMode mode) override {
        int flags = mode == OpenMode::read ? O_RDONLY : O_RDWR;
        if (mode == OpenMode::create)
            flags |= O_CREAT | O_EXCL;
        base::Fd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!fd)
            throw SystemError("open " + path);
        return std::make_unique<RealFile>(std::move(fd), path);
    }

    std::vector<std::string> list(const std::string& directory) override {
        std::unique_ptr<DIR, int (*)(DIR*)> open_dir(opendir(directory.c_str()), closedir);
        if (!open_dir)
            throw SystemError("open " + directory);
        std::vector<std::string> names;
        for (errno = 0; dirent* entry = readdir(open_dir.get()); errno = 0) {
            std::string name = entry->d_name;
            if (name != "." && name != "..")
                names.push_back(std::move(name));
        }
        if (errno != 0)
            throw SystemError("read " + directory);
        return names;
    }

    void unlink(const std::string& path) override {
        if (::unlink(path.c_str()) != 0)
            throw SystemError("remove " + path);
    }

    void rename(const std::string& from, const std::string& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0)
            throw SystemError(base::text("rename ", from, " to ", to));
    }

    void fsync_dir(const std::string& directory) override {
        base::Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!fd)
            throw SystemError("open " + directory);
        if (fsync(fd.get()) != 0)
            throw SystemError("flush " + directory);
    }

    uint64_t free_bytes(const std::string& directory) override {
        struct statvfs found;
        if (statvfs(directory.c_str(), &found) != 0)
            throw SystemError("ask the free space of " + directory);
        return static_cast<uint64_t>(found.f_bavail) * found.f_frsize;
    }
};

}  // namespace

void File::pwrite(std::string_view bytes, uint64_t offset) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    pwritev({&part, 1}, offset);
}

Disk& real_disk() {
    static RealDisk disk;
    return disk;
}

}  // namespace spool
