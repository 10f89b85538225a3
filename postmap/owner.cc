#include "postmap/owner.h"

#include <grp.h>
#include <unistd.h>

#include "lib/base/error.h"

namespace postmap {

OwnerRights::OwnerRights(const struct stat& source) {
    if (::geteuid() != 0 || source.st_uid == 0)
        return;
    gid_t group = source.st_gid;
    if (::setgroups(1, &group) != 0 || ::setegid(group) != 0 || ::seteuid(source.st_uid) != 0)
        throw base::SystemError("take the rights of the owner of the source");
    taken_ = true;
}

OwnerRights::~OwnerRights() {
    if (!taken_)
        return;
    gid_t group = 0;
    if (::seteuid(0) != 0 || ::setegid(0) != 0 || ::setgroups(1, &group) != 0)
        ::_exit(1);
}

bool only_root_may_replace(const std::string& file) {
    struct stat there {
    }, folder{};
    size_t slash = file.rfind('/');
    const std::string parent = slash == file.npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
    return ::stat(file.c_str(), &there) == 0 && ::stat(parent.c_str(), &folder) == 0 &&
           folder.st_uid == 0 && (folder.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace postmap
