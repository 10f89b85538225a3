#include "lib/dict/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "lib/base/error.h"

namespace dict {
namespace {

enum class Wanted : uint8_t { none, shared, exclusive };

int set_flock(int fd, Wanted wanted, bool wait) {
    int kind = wanted == Wanted::none ? LOCK_UN : wanted == Wanted::shared ? LOCK_SH : LOCK_EX;
    return ::flock(fd, wait ? kind : kind | LOCK_NB);
}

// Open-file-description locks stand against those of fcntl's older kind, and are not lost when this
// process closes another descriptor of the file.
int set_fcntl(int fd, Wanted wanted, bool wait) {
    struct flock lock {};
    lock.l_type = static_cast<short>(wanted == Wanted::none     ? F_UNLCK
                                     : wanted == Wanted::shared ? F_RDLCK
                                                                : F_WRLCK);
    lock.l_whence = SEEK_SET;
    return ::fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock);
}

bool set(int fd, FileLock::Style style, Wanted wanted, bool wait) {
    while (true) {
        int result = style == FileLock::Style::flock ? set_flock(fd, wanted, wait)
                                                     : set_fcntl(fd, wanted, wait);
        if (result == 0)
            return true;
        if (errno == EINTR)
            continue;
        if (wait)
            throw base::SystemError("lock a table");
        return false;
    }
}

}  // namespace

FileLock FileLock::shared(int fd, Style style) {
    return FileLock(set(fd, style, Wanted::shared, false) ? fd : -1, style);
}

FileLock FileLock::exclusive(int fd, Style style) {
    return FileLock(set(fd, style, Wanted::exclusive, false) ? fd : -1, style);
}

FileLock FileLock::wait_shared(int fd, Style style) {
    set(fd, style, Wanted::shared, true);
    return FileLock(fd, style);
}

FileLock FileLock::wait_exclusive(int fd, Style style) {
    set(fd, style, Wanted::exclusive, true);
    return FileLock(fd, style);
}

FileLock::~FileLock() {
    if (fd_ >= 0)
        set(fd_, style_, Wanted::none, false);
}

}  // namespace dict
