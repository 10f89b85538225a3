#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/check.h"
#include "lib/config/owners.h"

namespace config {

// `submission` directories are written by the set-group-ID command postdrop.
const std::vector<QueueDirectory>& queue_directories() {
    static const std::vector<QueueDirectory> directories = {
        {"", 0755, false, false},        {"active", 0700, true, false},
        {"bounce", 0700, true, false},   {"content", 0700, true, false},
        {"corrupt", 0700, true, false},  {"defer", 0700, true, false},
        {"deferred", 0700, true, false}, {"flush", 0700, true, false},
        {"hold", 0700, true, false},     {"incoming", 0700, true, false},
        {"log", 0700, true, false},      {"maildrop", 0730, true, true},
        {"pid", 0755, false, false},     {"private", 0700, true, false},
        {"public", 0710, true, true},    {"saved", 0700, true, false},
        {"trace", 0700, true, false},
    };
    return directories;
}

std::optional<Owners> find_owners(const Settings& settings) {
    Owners owners;
    if (::geteuid() != 0) {
        owners.mail_owner = ::geteuid();
        owners.setgid_group = ::getegid();
        return owners;
    }
    const passwd* user = ::getpwnam(settings.text("mail_owner").c_str());
    const group* submission = ::getgrnam(settings.text("setgid_group").c_str());
    if (!user || !submission)
        return std::nullopt;
    owners.mail_owner = user->pw_uid;
    owners.mail_group = user->pw_gid;
    owners.setgid_group = submission->gr_gid;
    owners.is_root = true;
    return owners;
}

// Makes `path` and what is missing above it.
static void make_path(const std::string& path, mode_t mode) {
    for (size_t slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1))
        if (::mkdir(path.substr(0, slash).c_str(), 0755) != 0 && errno != EEXIST)
            throw base::SystemError("mkdir " + path.substr(0, slash));
    if (::mkdir(path.c_str(), mode) != 0)
        throw base::SystemError("mkdir " + path);
}

// Makes `path` unless there is something of that name; mode and owner are set on a new one only.
static void make_directory(const std::string& path, mode_t mode, uid_t user, gid_t group,
                           bool is_root) {
    struct stat found;
    if (::lstat(path.c_str(), &found) == 0)
        return;
    make_path(path, mode);
    if (is_root && ::chown(path.c_str(), user, group) != 0)
        throw base::SystemError("chown " + path);
    if (::chmod(path.c_str(), mode) != 0)
        throw base::SystemError("chmod " + path);
}

void create_directories(const Settings& settings) {
    std::optional<Owners> owners = find_owners(settings);
    if (!owners)
        throw Error("mail_owner or setgid_group is not known to this machine");
    std::string queue = settings.text("queue_directory");
    for (const QueueDirectory& directory : queue_directories()) {
        std::string path = *directory.name ? queue + '/' + directory.name : queue;
        make_directory(path, directory.mode, directory.of_mail_owner ? owners->mail_owner : 0,
                       directory.of_setgid_group ? owners->setgid_group : 0, owners->is_root);
    }
    make_directory(settings.text("data_directory"), 0700, owners->mail_owner, owners->mail_group,
                   owners->is_root);
}

}  // namespace config
