#include "lib/spool/posted_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/content.h"
#include "lib/spool/log_scan.h"
#include "lib/spool/notes.h"

namespace spool {

namespace {

// "maildrop/4A1B2C3D 1234 1700000000.123456789": name, inode, time of the last change.
std::string mark_of(std::string_view name, const struct stat& status) {
    return base::text(name, ' ', status.st_ino, ' ', status.st_mtim.tv_sec, '.',
                      status.st_mtim.tv_nsec);
}

std::string name_in(const std::string& mark) {
    std::string name = mark.substr(0, mark.find(' '));
    bool inside = name.starts_with("maildrop/") && name.find("..") == name.npos;
    return inside ? name : std::string();
}

bool is_there(const std::string& queue_directory, const std::string& mark) {
    std::string name = name_in(mark);
    if (name.empty())
        return false;
    std::string path = base::text(queue_directory, '/', name);
    struct stat status;
    if (::lstat(path.c_str(), &status) == 0)
        return S_ISREG(status.st_mode) && mark_of(name, status) == mark;
    if (errno != ENOENT && errno != ENOTDIR)
        throw base::SystemError("look up " + path);
    return false;
}

// A record whose writer died while it wrote may lack the rest of its content: nobody delivers it.
bool is_whole(Disk& disk, const std::string& queue_directory, const RecordRef& ref) {
    try {
        return Content::open(disk, queue_directory, ref).intact();
    } catch (const Gone&) {
        return false;
    } catch (const base::SystemError& error) {
        if (error.code() != ENOENT)
            throw;
        return false;
    }
}

}  // namespace

std::string posted_file_mark(const std::string& queue_directory, const std::string& path) {
    struct stat status;
    if (::lstat(path.c_str(), &status) != 0)
        throw base::SystemError("look up " + path);
    return mark_of(std::string_view(path).substr(queue_directory.size() + 1), status);
}

void remove_posted_file(const std::string& queue_directory, const std::string& mark) {
    if (!is_there(queue_directory, mark))
        return;
    std::string path = base::text(queue_directory, '/', name_in(mark));
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        throw base::SystemError("remove " + path);
}

std::set<std::string> posted_files_in_log(const std::string& queue_directory, Disk& disk) {
    std::set<std::string> marks;
    LogScan scan(queue_directory, disk);
    while (auto message = scan.next()) {
        std::string mark = message->envelope.note(note::posted_file);
        if (is_there(queue_directory, mark) && is_whole(disk, queue_directory, message->ref))
            marks.insert(std::move(mark));
    }
    return marks;
}

}  // namespace spool
