#include "lib/ipc/confine.h"

#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"

namespace ipc {

void confine(const Confinement& confinement) {
    if (::geteuid() != 0)
        return;
    const passwd* owner = nullptr;
    if (!confinement.owner.empty()) {
        owner = ::getpwnam(confinement.owner.c_str());
        if (owner == nullptr)
            throw config::Error(base::text("mail_owner: unknown user: ", confinement.owner));
        if (owner->pw_uid == 0)
            throw config::Error(base::text("mail_owner: ", confinement.owner, " is root"));
    }
    if (!confinement.root.empty()) {
        ::tzset();  // the zone's file is out of reach afterwards
        if (::chroot(confinement.root.c_str()) != 0 || ::chdir("/") != 0)
            throw base::SystemError(base::text("chroot ", confinement.root));
    }
    if (owner == nullptr)
        return;
    gid_t group = owner->pw_gid;
    if (::setgroups(1, &group) != 0 || ::setgid(group) != 0 || ::setuid(owner->pw_uid) != 0)
        throw base::SystemError(base::text("become ", confinement.owner));
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace ipc
