#include "master/locks.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/ipc/daemon_start.h"
#include "lib/ipc/running.h"

namespace master {
namespace {

base::Fd open_file(const std::string& path) {
    base::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file)
        throw base::SystemError(base::text("open lock file ", path));
    return file;
}

// Who only looks whether master runs has the lock for a moment, so one refusal is no proof.
base::Fd lock_file(const std::string& path) {
    base::Fd file = open_file(path);
    for (int tries = 0; tries < 10; ++tries) {
        if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
            return file;
        if (errno != EWOULDBLOCK)
            throw base::SystemError(base::text("lock ", path));
        ::usleep(20'000);
    }
    throw AlreadyRunning();
}

// For a file in a directory of mail_owner, who could lead root astray there.
class AsOwner {
  public:
    explicit AsOwner(const std::string& owner) {
        const passwd* user = ::geteuid() == 0 ? ::getpwnam(owner.c_str()) : nullptr;
        if (user == nullptr)
            return;
        changed_ = ::setegid(user->pw_gid) == 0 && ::seteuid(user->pw_uid) == 0;
    }
    ~AsOwner() {
        if (changed_ && (::seteuid(0) != 0 || ::setegid(0) != 0))
            ::abort();
    }

  private:
    bool changed_ = false;
};

}  // namespace

Locks Locks::take(const config::Settings& settings) {
    Locks locks;
    locks.pid_file_ = lock_file(ipc::pid_file);
    {
        AsOwner owner(settings.text("mail_owner"));
        locks.data_lock_ = lock_file(settings.text("data_directory") + "/master.lock");
    }
    locks.listeners_lock_ = open_file(ipc::listeners_lock_file);
    std::string pid = base::text(::getpid(), "\n");
    if (::ftruncate(locks.pid_file_.get(), 0) != 0 ||
        ::pwrite(locks.pid_file_.get(), pid.data(), pid.size(), 0) !=
            static_cast<ssize_t>(pid.size()))
        throw base::SystemError(base::text("write ", ipc::pid_file));
    return locks;
}

bool Locks::earlier_processes_listen() const {
    if (::flock(listeners_lock_.get(), LOCK_EX | LOCK_NB) == 0) {
        ::flock(listeners_lock_.get(), LOCK_UN);
        return false;
    }
    return true;
}

}  // namespace master
