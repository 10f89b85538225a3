#include "lib/dns/watched_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

namespace dns {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration look_every = 1s;
constexpr size_t largest_file = 16 << 20;

}  // namespace

WatchedFile::Mark WatchedFile::look() const {
    struct stat found {};
    if (::stat(path_.c_str(), &found) != 0)
        return {};
    return {found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

std::string WatchedFile::read() const {
    std::string text;
    base::Fd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd)
        return text;
    char block[16384];
    ssize_t n;
    while ((n = ::read(fd.get(), block, sizeof block)) > 0) {
        text.append(block, static_cast<size_t>(n));
        if (text.size() > largest_file) {
            base::log::warning(
                base::text(path_, ": larger than ", largest_file, " bytes, not used"));
            return {};
        }
    }
    return text;
}

WatchedFile::WatchedFile(std::string path) : path_(std::move(path)), seen_(look()), text_(read()) {}

bool WatchedFile::changed(base::Instant now) {
    bool first = !std::exchange(told_, true);
    if (!first && now < look_again_)
        return false;
    look_again_ = now + look_every;
    Mark mark = look();
    if (mark.absent() || mark == seen_)
        return first;
    seen_ = mark;
    text_ = read();
    return true;
}

}  // namespace dns
