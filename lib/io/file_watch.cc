#include "lib/io/file_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>

#include "lib/io/descriptor.h"
#include "lib/io/loop.h"

namespace io {

namespace {

constexpr uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr int most_links = 40;  // as the kernel follows

std::string folder_of(const std::string& path) {
    size_t slash = path.rfind('/');
    if (slash == path.npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string link_target(const std::string& path) {
    char target[PATH_MAX];
    ssize_t length = ::readlink(path.c_str(), target, sizeof target);
    if (length <= 0)
        return "";
    std::string to(target, static_cast<size_t>(length));
    return to.front() == '/' ? to : folder_of(path) + '/' + to;
}

}  // namespace

FileWatch::FileWatch(const std::vector<std::string>& paths)
    : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (!fd_)
        return;
    for (const std::string& path : paths)
        watch(path);
}

void FileWatch::watch(std::string path) {
    struct stat found;
    if (::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) {
        add(path, "");
        return;
    }
    for (int links = 0; !path.empty() && links < most_links; ++links) {
        add(folder_of(path), path.substr(path.rfind('/') + 1));
        path = link_target(path);
    }
}

void FileWatch::add(const std::string& folder, const std::string& name) {
    int watched = ::inotify_add_watch(fd_.get(), folder.c_str(), changes);
    if (watched >= 0)
        names_[watched].insert(name);
}

bool FileWatch::concerns_us(std::string_view events) const {
    while (events.size() >= sizeof(inotify_event)) {
        inotify_event event;
        std::memcpy(&event, events.data(), sizeof event);
        auto folder = names_.find(event.wd);
        if (event.mask & IN_Q_OVERFLOW)
            return true;
        std::string_view name(events.data() + sizeof event, event.len);
        name = name.substr(0, name.find('\0'));
        if (folder != names_.end() &&
            (folder->second.contains(name) || folder->second.contains("")))
            return true;
        events.remove_prefix(std::min(events.size(), sizeof event + event.len));
    }
    return false;
}

Task<void> FileWatch::changed(Duration calm) {
    Descriptor inotify(std::move(fd_));
    Instant until = never;
    while (true) {
        bool more = co_await inotify.readable(until);
        if (!more)
            co_return;
        char events[4096];
        ssize_t length = ::read(inotify.fd(), events, sizeof events);
        // A short read is no empty queue: the next event may just not have found room.
        if (length < 0)
            inotify.read_some(length, sizeof events);
        if (length > 0 && concerns_us({events, static_cast<size_t>(length)}))
            until = loop().now() + calm;
    }
}

}  // namespace io
