#include "lib/dict/replacement.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/dict/file_stamp.h"

namespace dict {
namespace {

constexpr mode_t while_writing = 0600;

}  // namespace

Replacement::Replacement(const std::string& path) : path_(path), new_path_(path + ".tmp") {
    do
        open();
    while (!lock_);
}

void Replacement::open() {
    file_ = base::Fd(
        ::open(new_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, while_writing));
    if (!file_)
        throw base::SystemError("open database " + path_);
    lock_.emplace(FileLock::wait_exclusive(file_.get()));
    // Whoever had the lock before may have put this very file in place.
    std::optional<FileStamp> there = FileStamp::of_path(new_path_);
    FileStamp ours = FileStamp::of_open(file_.get());
    if (!there || there->inode != ours.inode || there->device != ours.device)
        return lock_.reset();
    if (::ftruncate(file_.get(), 0) != 0)
        throw base::SystemError("write database " + new_path_);
}

Replacement::~Replacement() {
    if (!committed_)
        ::unlink(new_path_.c_str());
}

void Replacement::commit(mode_t mode) {
    struct stat before {};
    if (::stat(path_.c_str(), &before) == 0) {
        mode = before.st_mode & 07777;
        // Without root a file may only be given to groups of one's own.
        if (::fchown(file_.get(), before.st_uid, before.st_gid) != 0 &&
            ::fchown(file_.get(), static_cast<uid_t>(-1), before.st_gid) != 0)
            mode &= ~static_cast<mode_t>(07070);
    }
    if (::fchmod(file_.get(), mode) != 0 || ::fsync(file_.get()) != 0)
        throw base::SystemError("write database " + new_path_);
    if (::rename(new_path_.c_str(), path_.c_str()) != 0)
        throw base::SystemError(base::text("put ", new_path_, " in place"));
    committed_ = true;
}

}  // namespace dict
