#include "postconf/replace.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "lib/base/error.h"

namespace postconf {

// Whoever held the lock before may have renamed the file that is open; then the next one is tried.
Replacement::Replacement(std::string path) : path_(std::move(path)), temporary_(path_ + ".tmp") {
    for (;;) {
        fd_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd_ < 0)
            throw base::SystemError("create " + temporary_);
        struct stat open_file, named;
        if (::flock(fd_, LOCK_EX) == 0 && ::fstat(fd_, &open_file) == 0 &&
            ::lstat(temporary_.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
            ::ftruncate(fd_, 0) == 0)
            return;
        ::close(fd_);
    }
}

Replacement::~Replacement() {
    if (fd_ < 0)
        return;
    ::unlink(temporary_.c_str());
    ::close(fd_);
}

void Replacement::write(std::string_view text) {
    while (!text.empty()) {
        ssize_t done = ::write(fd_, text.data(), text.size());
        if (done < 0)
            throw base::SystemError("write " + temporary_);
        text.remove_prefix(static_cast<size_t>(done));
    }
    if (::fchmod(fd_, 0644) != 0 || ::fsync(fd_) != 0)
        throw base::SystemError("write " + temporary_);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0)
        throw base::SystemError("rename " + temporary_);
    ::close(fd_);
    fd_ = -1;
}

}  // namespace postconf
