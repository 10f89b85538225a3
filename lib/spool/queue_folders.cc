#include "lib/spool/queue_folders.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/mail/queue_id.h"

namespace spool {

namespace {

constexpr std::string_view base52 = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
constexpr size_t micros_digits = 4;
constexpr size_t least_seconds_digits = 6;
constexpr unsigned deepest_usual = 3;
constexpr unsigned deepest = 16;  // the most that hash_queue_depth may be

// What the names of hash subdirectories are taken from.
std::string hash_text(std::string_view id) {
    size_t z = id.rfind('z');
    if (z == id.npos || z < least_seconds_digits + micros_digits)
        return std::string(id);
    unsigned long long micros = 0;
    for (char c : id.substr(z - micros_digits, micros_digits)) {
        size_t digit = base52.find(c);
        if (digit == base52.npos)
            return std::string(id);
        micros = micros * base52.size() + digit;
    }
    return base::upper_hex(micros, 5);
}

std::string hashed_path(std::string_view queue_path, std::string_view id, unsigned depth) {
    std::string path(queue_path);
    std::string text = hash_text(id);
    for (unsigned i = 0; i < depth && i < text.size(); ++i)
        base::append(path, '/', text[i]);
    return path;
}

bool missing(int error) {
    return error == ENOENT || error == ENOTDIR;
}

}  // namespace

std::string QueueFolders::folder(std::string_view queue, std::string_view id) const {
    return hashed_path(base::text(root, '/', queue), id, hashed.contains(queue) ? depth : 0);
}

std::string QueueFolders::path(std::string_view queue, std::string_view id) const {
    return base::text(folder(queue, id), '/', id);
}

std::optional<std::string> QueueFolders::find(std::string_view queue, std::string_view id) const {
    if (!mail::QueueId::valid(id))
        return std::nullopt;
    struct stat status;
    std::string expected = path(queue, id);
    if (::lstat(expected.c_str(), &status) == 0 && S_ISREG(status.st_mode))
        return expected;
    for (unsigned other = 0; other <= deepest_usual; ++other) {
        std::string there =
            base::text(hashed_path(base::text(root, '/', queue), id, other), '/', id);
        if (::lstat(there.c_str(), &status) == 0 && S_ISREG(status.st_mode))
            return there;
    }
    return std::nullopt;
}

QueueFolders queue_folders(const config::Settings& settings, std::string root) {
    QueueFolders folders;
    folders.root = std::move(root);
    folders.hashed.clear();
    for (std::string& queue : settings.list("hash_queue_names"))
        folders.hashed.insert(std::move(queue));
    folders.depth = static_cast<unsigned>(settings.number("hash_queue_depth"));
    return folders;
}

struct QueueScan::Level {
    Level(std::string path, DIR* directory) : path_(std::move(path)), directory_(directory) {}
    Level(Level&& other) noexcept
        : path_(std::move(other.path_)), directory_(std::exchange(other.directory_, nullptr)) {}
    Level& operator=(Level&&) = delete;
    ~Level() {
        if (directory_)
            ::closedir(directory_);
    }

    std::string path_;
    DIR* directory_;
};

QueueScan::QueueScan(const QueueFolders& folders, std::string_view queue) {
    enter(base::text(folders.root, '/', queue));
}
QueueScan::~QueueScan() = default;
QueueScan::QueueScan(QueueScan&&) noexcept = default;

void QueueScan::enter(std::string path) {
    if (DIR* directory = ::opendir(path.c_str()))
        levels_.emplace_back(std::move(path), directory);
    else if (!missing(errno))
        throw base::SystemError(base::text("open ", path));
}

std::optional<QueueEntry> QueueScan::next() {
    while (!levels_.empty()) {
        const dirent* found = ::readdir(levels_.back().directory_);
        if (!found) {
            levels_.pop_back();
            continue;
        }
        std::string_view name = found->d_name;
        if (!mail::QueueId::valid(name))
            continue;
        QueueEntry entry;
        entry.path = base::text(levels_.back().path_, '/', name);
        entry.id = name;
        struct stat status;
        if (::lstat(entry.path.c_str(), &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode)) {
            if (name.size() == 1 && levels_.size() <= deepest)
                enter(entry.path);
            continue;
        }
        if (!S_ISREG(status.st_mode))
            continue;
        entry.modified = base::WallTime(std::chrono::seconds(status.st_mtim.tv_sec) +
                                        base::Duration(status.st_mtim.tv_nsec / 1000));
        entry.bytes = static_cast<uint64_t>(status.st_size);
        entry.mode = status.st_mode;
        return entry;
    }
    return std::nullopt;
}

// A command that root runs must not make folders that the daemons cannot use.
static void give_to_owner_of(const std::string& above, const std::string& path) {
    struct stat status;
    if (::geteuid() != 0)
        return;
    if (::stat(above.c_str(), &status) != 0 ||
        ::chown(path.c_str(), status.st_uid, status.st_gid) != 0)
        throw base::SystemError(base::text("give away ", path));
}

void make_hash_folders(const QueueFolders& folders, std::string_view queue, std::string_view id) {
    std::string path = folders.folder(queue, id);
    struct stat status;
    if (::stat(path.c_str(), &status) == 0)
        return;
    size_t top = base::text(folders.root, '/', queue).size();
    for (size_t slash = path.find('/', top); slash != path.npos;
         slash = path.find('/', slash + 1)) {
        size_t end = std::min(path.find('/', slash + 1), path.size());
        std::string part = path.substr(0, end);
        bool made = ::mkdir(part.c_str(), 0700) == 0;
        if (!made && errno != EEXIST)
            throw base::SystemError(base::text("make ", part));
        if (made)
            give_to_owner_of(part.substr(0, slash), part);
        fsync_folder(part.substr(0, slash));
    }
}

void fsync_folder(const std::string& path) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        throw base::SystemError(base::text("fsync ", path));
}

bool remove_queued(const QueueFolders& folders, std::string_view queue, std::string_view id) {
    auto path = folders.find(queue, id);
    if (!path)
        return false;
    for (const char* log : {"defer", "bounce", "trace"})
        if (auto beside = folders.find(log, id))
            ::unlink(beside->c_str());
    if (::unlink(path->c_str()) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    throw base::SystemError(base::text("remove ", *path));
}

bool move_queued(const QueueFolders& folders, std::string_view from, std::string_view to,
                 std::string_view id) {
    auto path = folders.find(from, id);
    if (!path)
        return false;
    make_hash_folders(folders, to, id);
    std::string target = folders.path(to, id);
    if (::rename(path->c_str(), target.c_str()) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    throw base::SystemError(base::text("rename ", *path, " to ", target));
}

void put_aside(const QueueFolders& folders, const std::string& path, std::string_view id) {
    make_hash_folders(folders, "corrupt", id);
    std::string to = folders.path("corrupt", id);
    if (::rename(path.c_str(), to.c_str()) != 0)
        throw base::SystemError(base::text("rename ", path, " to ", to));
}

}  // namespace spool
